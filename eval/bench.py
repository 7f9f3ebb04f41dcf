"""How long things take and how much memory they need, measured from outside.

Everything runs through the commands a user types, each in its own process, so that the figures are
the user's own: imports, model and index included. Printed, never asserted: machines differ.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from eval.bench_load import LOAD_HEADINGS, load_cells, measure_load, trouble_lines
from eval.bench_page import PAGE_HEADINGS, Opened, measure_page, page_cells
from eval.cases import read_questions
from eval.processes import PROJECT, BenchError, served, timed

SHARED = PROJECT.parent / "shared"  # material that stands beside a checkout on the authors' machines
LAWS = 500
USERS, SECONDS = 50, 60
_COLD_STARTS = 3  # the median of three: the first one also fills the disk cache
_ASKED = 200  # questions asked of a folder at most; enough for a 95th percentile
_HEADINGS = (
    "文件",
    "建索引 秒",
    "再建 秒",
    "冷启动 秒",
    "网页启动 秒",
    "中位 毫秒",
    "95分位 毫秒",
    "内存 MB",
)


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured: a folder of documents and the questions asked of it."""

    name: str
    documents: Path
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of wall time, but ``latencies`` one for each question; ``memory`` is peak bytes; ``opened`` is
    the page in a browser, None where there is none.
    """

    files: int
    build: float
    rebuild: float
    start: float
    page: float
    opened: tuple[Opened, Opened] | None
    latencies: tuple[float, ...]
    memory: int


def bench(
    documents: Path | None = None,
    questions: Sequence[Path] = (),
    users: int = USERS,
    seconds: float = SECONDS,
) -> Iterator[str]:
    """Measure one folder, or the samples and what else is there, with so many people asking at once for so
    many seconds; yield lines to print as they come.

    Raises BenchError when a command fails, with what it said.
    """
    with tempfile.TemporaryDirectory(prefix="youju-bench-") as scratch:
        folder = Path(scratch)
        loads = [load_of("documents", documents, questions)] if documents else list(_known_loads(folder))
        figures, pages, crowds = (_table(one) for one in (_HEADINGS, PAGE_HEADINGS, LOAD_HEADINGS))
        lost: list[str] = []
        for load in loads:
            yield f"正在测量 {load.name} ……"
            index = folder / f"index-{load.name}"
            measured = measure(load, index)
            figures.add_row(load.name, *_cells(measured))
            pages.add_row(load.name, *page_cells(measured.opened))
            crowd = measure_load(_places(load, index), load.questions, folder / "crowd", users, seconds)
            shutil.rmtree(folder / "crowd")
            crowds.add_row(load.name, *load_cells(crowd))
            lost += [f"{load.name} {line}" for line in trouble_lines(crowd)]
        yield _printed(figures)
        yield "冷启动：新开进程提一个问题到得出回答，三次取中位数。网页启动：到网页可以打开为止。"
        yield "内存：各进程峰值中最大的。"
        yield _printed(pages)
        yield "网页：在 Chromium 里打开，传了多少字节，多久可以输入问题；再次是缓存里已有时。三次取中位数。"
        yield _printed(crowds)
        yield f"{users} 人同时提问 {seconds:.0f} 秒，各用各的浏览器：回答和可追问的问题一出齐，马上问下一问。"
        yield from lost


def measure(load: Load, index: Path) -> Figures:
    """Build, build again, start cold, ask, and open the page; ``index`` must not exist yet."""
    places = _places(load, index)
    built = timed("index", "build", *places)
    rebuilt = timed("index", "build", *places)
    starts = [timed("bot", "ask", *places, load.questions[0]) for _ in range(_COLD_STARTS)]
    batch = index.with_name(f"{index.name}.jsonl")
    batch.write_text("".join(_question_line(n, text) for n, text in enumerate(load.questions)), "utf-8")
    asked = timed("bot", "ask", *places, "--batch", str(batch), "--json")
    with served(places, index.with_name(f"{index.name}-home")) as service:
        opened = measure_page(service.address)
    assert service.spent
    return Figures(
        files=sum(path.is_file() for path in load.documents.rglob("*")),
        build=built.seconds,
        rebuild=rebuilt.seconds,
        start=median(start.seconds for start in starts),
        page=service.start,
        opened=opened,
        latencies=tuple(json.loads(line)["seconds"] for line in asked.output.splitlines() if line),
        memory=max(spent.memory for spent in (built, rebuilt, asked, service.spent, *starts)),
    )


def _places(load: Load, index: Path) -> tuple[str, ...]:
    return "--documents", str(load.documents), "--index", str(index)


def _table(headings: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column("文件夹")
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def load_of(name: str, documents: Path, questions: Sequence[Path]) -> Load:
    """Return a folder with questions from files, or made up from its file names where none are given."""
    if not documents.is_dir():
        raise BenchError(f"没有这个文件夹：{documents}")
    if questions:
        texts = [case.question for file in read_questions(questions) for case in file.cases]
    else:
        names = sorted(path.stem for path in documents.rglob("*") if path.is_file())
        texts = [f"{stem}{ending}" for stem in names for ending in ("适用于哪些情形？", "由谁负责？")]
    if not texts:
        raise BenchError(f"文件夹里一个文件也没有：{documents}")
    # Evenly spread, so that the questions are not all about the first few files.
    step = max(1, len(texts) // _ASKED)
    return Load(name, documents, tuple(texts[::step][:_ASKED]))


def _known_loads(folder: Path) -> Iterator[Load]:
    yield load_of("samples", PROJECT / "samples", [PROJECT / "eval" / "questions" / "samples.jsonl"])
    documents, questions = SHARED / "documents", sorted((SHARED / "questions").glob("*.jsonl"))
    if documents.is_dir():
        yield load_of("documents", documents, questions)
    laws = sorted(path for path in (SHARED / "laws").rglob("*.md") if not path.name.startswith("_"))
    if laws:
        copied = folder / "laws"
        copied.mkdir()
        for number, law in enumerate(laws[:: max(1, len(laws) // LAWS)][:LAWS]):
            shutil.copyfile(law, copied / f"{number:03}-{law.name}")
        yield load_of("laws", copied, ())


def _question_line(number: int, text: str) -> str:
    return json.dumps({"id": f"bench-{number}", "question": text}, ensure_ascii=False) + "\n"


def _cells(figures: Figures) -> tuple[str, ...]:
    milliseconds = np.array(figures.latencies) * 1000
    return (
        str(figures.files),
        f"{figures.build:.1f}",
        f"{figures.rebuild:.1f}",
        f"{figures.start:.1f}",
        f"{figures.page:.1f}",
        f"{np.median(milliseconds):.0f}",
        f"{np.percentile(milliseconds, 95):.0f}",
        f"{figures.memory / 1e6:.0f}",
    )


def _printed(table: Table) -> str:
    stream = StringIO()
    Console(file=stream, width=110, color_system=None).print(table)
    return stream.getvalue().rstrip("\n")
