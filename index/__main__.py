"""The command line of the index: ``python -m index build|show|search|report|rollback``."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from index.batch import Query, read_queries, record
from index.build import build
from index.console import finish
from index.document import Document, Hit, Scope, address
from index.errors import SettingsError, YoujuError
from index.generation import pinned
from index.ready import ready_index
from index.report import complaints, details, progress_bar, speak_chinese, summary
from index.rollback import difference, roll_back
from index.search import open_index
from index.settings import Settings

MOST = 1_000  # results a search may be asked for


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 when it failed for a reason said on stderr."""
    speak_chinese()
    options = _parser().parse_args(arguments)
    try:
        return finish(lambda: _run(options))
    except KeyboardInterrupt:
        print("已中断，原来的索引不变。", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace, Settings], None] = options.command
    command(options, Settings.from_environment(os.environ))
    return 0


def _parser() -> argparse.ArgumentParser:
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("--documents", type=Path, help="文档文件夹（默认取 YOUJU_DOCUMENTS）")
    places.add_argument("--index", type=Path, help="索引文件夹（默认放在 YOUJU_HOME 下）")
    parser = argparse.ArgumentParser(prog="python -m index", description="建立、查看和检索文档索引。")
    commands = parser.add_subparsers(required=True, metavar="命令")
    make = commands.add_parser("build", parents=[places], help="建立或更新索引")
    make.add_argument("--model", help="向量模型的文件夹或名称（默认取 YOUJU_EMBEDDING_MODEL）")
    make.set_defaults(command=_build)
    show = commands.add_parser("show", parents=[places], help="显示文档的条目结构")
    show.add_argument("name", nargs="?", default="", help="文件名或标题中的几个字，不写则显示全部")
    show.set_defaults(command=_show)
    find = commands.add_parser("search", parents=[places], help="检索，显示命中的片段和得分")
    asked = find.add_mutually_exclusive_group(required=True)
    asked.add_argument("query", nargs="?", help="要找的内容")
    asked.add_argument("--batch", type=Path, metavar="文件", help="逐行读取问题（JSONL），- 为标准输入")
    find.add_argument("--limit", "-k", type=_count, default=10, help="最多给出几条（默认 10）")
    find.add_argument("--json", action="store_true", help="输出 JSON：每个问题一行，每个条目只出现一次")
    find.add_argument("--place", action="append", default=[], help="只找这个地方的文件，可写多次")
    find.add_argument("--year", action="append", default=[], type=int, help="只找这一年的文件，可写多次")
    find.set_defaults(command=_search)
    report = commands.add_parser("report", parents=[places], help="显示上次建索引的报告")
    report.set_defaults(command=_report)
    rollback = commands.add_parser(
        "rollback", parents=[places], help="退回到上一版索引；再退回一次就回到原来那版"
    )
    rollback.set_defaults(command=_rollback)
    return parser


def _build(options: argparse.Namespace, settings: Settings) -> None:
    documents = _documents(options, settings)
    with progress_bar() as listener:
        report = build(
            documents, _index(options, settings), options.model or settings.embedding_model, listener
        )
    for line in complaints(report):
        print(line, file=sys.stderr)
    for source in report.removed:
        print(f"移除：{source}")
    print(summary(report))


def _show(options: argparse.Namespace, settings: Settings) -> None:
    with open_index(_index(options, settings)) as index:
        chosen = [d for d in index.documents if options.name in d.source or options.name in d.title]
        if not chosen:
            raise YoujuError(f"没有文件名或标题含“{options.name}”的文档。")
        for document in chosen:
            print(_outline(document))


def _outline(document: Document) -> str:
    facts = [
        document.issuer,
        document.place,
        "—".join(str(y) for y in _ends(document.years)),
        document.number,
    ]
    lines = [f"《{document.title}》{document.source}", " ".join(filter(None, [*facts, document.date]))]
    for section in document.sections:
        label = address(document.cited_path(section))
        lines.append(f"  {label}\t{section.heading}\t{section.end - section.start} 字")
    return "\n".join(lines)


def _ends(years: tuple[int, ...]) -> tuple[int, ...]:
    return years[:1] + years[-1:] if len(years) > 1 else years


def _search(options: argparse.Namespace, settings: Settings) -> None:
    queries = read_queries(options.batch) if options.batch else [Query("", options.query)]
    scope = Scope(places=tuple(options.place), years=tuple(options.year))
    with ready_index(options.documents, options.index, settings) as index:
        for query in queries:
            if options.json or options.batch:
                print(record(query, index.provisions(query.question, scope, options.limit)), flush=True)
            else:
                _show_hits(index.search(query.question, scope, options.limit))


def _show_hits(hits: Sequence[Hit]) -> None:
    if not hits:
        print("没有找到。")
    for hit in hits:
        passage = hit.passage
        where = address(passage.document.cited_path(passage.home))
        reasons = " ".join(f"{name}={score:.3g}" for name, score in hit.why.items())
        print(f"{hit.score:.4f}《{passage.document.title}》{where} {passage.home.heading}({reasons})")
        print(f"    {' '.join(passage.text.split())[:120]}")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"条数应是 1 到 {MOST} 的整数，不能是“{text}”")
    return int(text)


def _report(options: argparse.Namespace, settings: Settings) -> None:
    with open_index(_index(options, settings)) as index:
        print(details(index.reports))


def _rollback(options: argparse.Namespace, settings: Settings) -> None:
    index = _index(options, settings)
    change = difference(index)
    roll_back(index)
    for words, sources in (("恢复", change.back), ("去掉", change.gone), ("换回", change.changed)):
        for source in sources:
            print(f"{words}：{source}")
    print(f"已退回到 {change.made.astimezone():%Y-%m-%d %H:%M} 建的索引。正在运行的网页重新启动后才换用。")
    if pinned(index):
        print("以后启动不会按文件夹自动更新；要更新请运行 python -m index build。再退回一次就回到刚才那版。")


def _documents(options: argparse.Namespace, settings: Settings) -> Path:
    documents: Path | None = options.documents or settings.documents
    if documents is None:
        raise SettingsError("没有说明文档在哪里：请加 --documents 文档文件夹，或设置 YOUJU_DOCUMENTS。")
    return documents


def _index(options: argparse.Namespace, settings: Settings) -> Path:
    if options.index is not None:
        folder: Path = options.index
        return folder
    return settings.index_folder(_documents(options, settings))


if __name__ == "__main__":
    sys.exit(main())
