"""The command line of training: ``python -m index.train``."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from index.console import finish
from index.embed import open_embedder
from index.report import speak_chinese
from index.train.articles import Article, TrainingError
from index.train.check import Figures, check
from index.train.folder import beside, put_in_place, read, write
from index.train.log import Asked, read_log
from index.train.recipe import Beginning, Material, train

CARD = """# Static Chinese embedding

Made by `python -m index.train` of Youju from {articles} texts and {questions} questions; {tokens} tokens of
{dimensions} dimensions. A text is the mean of its tokens' vectors, scaled to length one.
Check questions: {figures}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train one model; return 0, or 1 when it failed or was not kept for a reason said on stderr."""
    speak_chinese()
    options = _parser().parse_args(arguments)
    try:
        return finish(lambda: _run(options))
    except KeyboardInterrupt:
        print("已中断，原来的模型不变。", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index.train", description="用自己的文档和提问训练向量模型。"
    )
    parser.add_argument("--documents", type=Path, nargs="+", required=True, help="文档文件夹，可写多个")
    parser.add_argument("--questions", type=Path, nargs="+", default=[], help="提问记录（JSON 行），可写多个")
    parser.add_argument("--synonyms", type=Path, help="同义词表，如 prompts/synonyms.txt")
    parser.add_argument("--glossary", type=Path, help="英文对照表，如 prompts/glossary.txt")
    parser.add_argument("--start", type=Path, help="从这个模型接着训练，如 index/model")
    parser.add_argument("--check", type=Path, help="检查用的提问（JSON 行），新模型不如旧模型就不替换")
    parser.add_argument("--out", type=Path, required=True, help="新模型的文件夹")
    return parser


def _run(options: argparse.Namespace) -> int:
    started = time.monotonic()
    out: Path = options.out
    old = _old(out, options.check)
    material = Material.read(options.documents, options.questions, options.synonyms, options.glossary)
    articles = material.articles
    asked = read_log([options.check], articles) if options.check else ()
    begun = Beginning(*read(options.start)) if options.start else None
    with beside(out) as aside:
        before = _figures(out, articles, asked) if old else None
        tokenizer, vectors = train(material, begun, _teller())
        write(aside, tokenizer, vectors)
        after = _figures(aside, articles, asked) if asked else None
        if after:
            print(f"新模型：{after}")
        if before:
            print(f"旧模型：{before}")
        if before and after and after.reciprocal < before.reciprocal:
            raise TrainingError(
                f"新模型不如 {out} 里的旧模型，没有替换。可以增加文档或提问，或从旧模型接着训练（--start）。"
            )
        card = CARD.format(
            articles=len(articles),
            questions=len(material.log),
            tokens=len(vectors),
            dimensions=vectors.shape[1],
            figures=after.english() if after else "none",
        )
        (aside / "README.md").write_text(card, "utf-8")
        put_in_place(aside, out)
    print(f"模型已放到 {out}（{len(vectors)} 个词，用时 {time.monotonic() - started:.0f} 秒）。")
    return 0


def _old(out: Path, questions: Path | None) -> bool:
    """Tell whether there is a model to be measured against; TrainingError where it would go unmeasured."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return False
    if not (out / "modules.json").is_file():
        raise TrainingError(f"{out} 里有别的东西，不是模型文件夹。请换一个输出文件夹。")
    if questions is None:
        raise TrainingError(
            f"{out} 里已有模型。要替换它，请用 --check 给出检查用的提问，好比较新旧；或换一个输出文件夹。"
        )
    return True


def _figures(model: Path, articles: Sequence[Article], asked: Sequence[Asked]) -> Figures:
    return check(open_embedder(str(model)), articles, asked)


def _teller() -> Callable[[str, float], None]:
    """Return what prints each step once it begins and, where a person watches, how far it is."""
    watched = sys.stderr.isatty()
    said = ""

    def tell(step: str, share: float) -> None:
        nonlocal said
        if step != said:
            print(f"{step}…", file=sys.stderr)
            said = step
        elif watched:
            print(f"\r{share:4.0%}", end="\r", file=sys.stderr)

    return tell


if __name__ == "__main__":
    sys.exit(main())
