"""How long things take and how much memory they need, measured from outside.

Everything runs through the commands a user types, each in its own process, so that the figures are
the user's own: imports, model and index included. Printed, never asserted: machines differ.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import IO

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from eval.cases import read_questions
from index.errors import YoujuError

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"  # material that stands beside a checkout on the authors' machines
LAWS = 500
_COLD_STARTS = 3  # the median of three: the first one also fills the disk cache
_PATIENCE = 120  # seconds the page may take to start
_ASKED = 200  # questions asked of a folder at most; enough for a 95th percentile
_HEADINGS = (
    "文件夹",
    "文件",
    "建索引 秒",
    "再建 秒",
    "冷启动 秒",
    "网页启动 秒",
    "中位 毫秒",
    "95分位 毫秒",
    "内存 MB",
)


class BenchError(YoujuError):
    """Nothing could be measured: a folder is missing or a command failed; the message says which."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured: a folder of documents and the questions asked of it."""

    name: str
    documents: Path
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of wall time, but ``latencies`` one for each question; ``memory`` is peak bytes."""

    files: int
    build: float
    rebuild: float
    start: float
    page: float
    latencies: tuple[float, ...]
    memory: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process and its children took: seconds of wall time, seconds of processor time, peak
    resident bytes of the largest, and what it printed.
    """

    seconds: float
    processor: float
    memory: int
    output: str


def bench(documents: Path | None = None, questions: Sequence[Path] = ()) -> Iterator[str]:
    """Measure one folder, or the samples and what else is there; yield lines to print as they come.

    Raises BenchError when a command fails, with what it said.
    """
    with tempfile.TemporaryDirectory(prefix="youju-bench-") as scratch:
        folder = Path(scratch)
        loads = [load_of("documents", documents, questions)] if documents else list(_known_loads(folder))
        table = Table(box=box.SIMPLE)
        for heading in _HEADINGS:
            table.add_column(heading, justify="left" if heading == _HEADINGS[0] else "right")
        for load in loads:
            yield f"正在测量 {load.name} ……"
            table.add_row(load.name, *_cells(measure(load, folder / f"index-{load.name}")))
        yield _printed(table)
        yield "冷启动：新开进程提一个问题到得出回答，三次取中位数。网页启动：到网页可以打开为止。"
        yield "内存：各进程峰值中最大的。"


def measure(load: Load, index: Path) -> Figures:
    """Build, build again, start cold, and ask; ``index`` must not exist yet."""
    places = ("--documents", str(load.documents), "--index", str(index))
    built = timed("index", "build", *places)
    rebuilt = timed("index", "build", *places)
    starts = [timed("bot", "ask", *places, load.questions[0]) for _ in range(_COLD_STARTS)]
    batch = index.with_name(f"{index.name}.jsonl")
    batch.write_text("".join(_question_line(n, text) for n, text in enumerate(load.questions)), "utf-8")
    asked = timed("bot", "ask", *places, "--batch", str(batch), "--json")
    page = page_start(*places)
    return Figures(
        files=sum(path.is_file() for path in load.documents.rglob("*")),
        build=built.seconds,
        rebuild=rebuilt.seconds,
        start=median(start.seconds for start in starts),
        page=page.seconds,
        latencies=tuple(json.loads(line)["seconds"] for line in asked.output.splitlines() if line),
        memory=max(spent.memory for spent in (built, rebuilt, asked, page, *starts)),
    )


def timed(module: str, *arguments: str) -> Spent:
    """Run ``python -m module arguments`` and return what it took. Raises BenchError when it fails."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = perf_counter()
        process = _begin(module, arguments, output, errors)
        processor, memory = _end(process)
        seconds = perf_counter() - started
        if process.returncode:
            raise _failure(module, arguments, errors)
        output.seek(0)
        return Spent(seconds, processor, memory, output.read().decode())


def page_start(*places: str) -> Spent:
    """Start the page, wait until it can be opened, and end it. Raises BenchError when it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ("web", *places, "--port", str(port))
    with tempfile.TemporaryFile() as errors:
        started = perf_counter()
        process = _begin("bot", arguments, subprocess.DEVNULL, errors)
        try:
            while not _listens(port):
                if process.poll() is not None or perf_counter() - started > _PATIENCE:
                    raise _failure("bot", arguments, errors)
                time.sleep(0.05)
            seconds = perf_counter() - started
        finally:
            process.kill()  # it holds nothing that is lost, and a page that will not end must not hold us
            processor, memory = _end(process)
        return Spent(seconds, processor, memory, "")


def _begin(
    module: str, arguments: Sequence[str], output: int | IO[bytes], errors: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own commands, no shell
        [sys.executable, "-m", module, *arguments], cwd=PROJECT, stdout=output, stderr=errors
    )


def _end(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Wait for the end; return processor seconds and peak resident bytes, 0 if it was waited for already."""
    if process.returncode is not None:
        return 0.0, 0
    # wait4 gives the peak memory of this very child, which getrusage(RUSAGE_CHILDREN) would mix up.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes on Linux
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _failure(module: str, arguments: Sequence[str], errors: IO[bytes]) -> BenchError:
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip()[-2000:]
    return BenchError(f"命令 python -m {module} {' '.join(arguments)} 没有成功：\n{said}")


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
