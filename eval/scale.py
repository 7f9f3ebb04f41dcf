"""How the costs grow with the base: bases of a thousand, ten thousand … passages of one folder, measured.

Each size is built by the command, then ten files more are added; what a million passages would cost is
worked out from how the costs of the larger ones grow. Printed, never asserted: machines differ.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from statistics import linear_regression

import numpy as np

from eval.bench import SHARED
from eval.processes import BenchError, Spent, timed
from index.database import TRUTH, Database
from index.embed import open_embedder
from index.search import Index, open_index

SIZES = (1_000, 10_000, 100_000)
PAPER = 1_000_000  # passages whose costs are worked out
ADDED = 10  # files added to each base
NEIGHBOURS = 100
ASKED = 1_000  # questions whose neighbours are compared, at most
ANSWERED = 200  # questions that are timed, at most
STEADY = 5_000  # passages; below, starting the programs is most of what a build costs
_WARMING = 5  # questions asked before the clock counts
_TRIAL = 40  # files that tell how many bytes a passage comes from
_BLOCK = 50_000  # vectors compared at a time


@dataclass(frozen=True, slots=True)
class Size:
    """What a base of one size costs. Times are seconds, or milliseconds where the name says so; processor
    seconds add up all cores; memory and disk are bytes.
    """

    passages: int
    files: int
    build: float
    processor: float
    memory: int
    disk: int
    start: float
    start_processor: float
    search_ms: tuple[float, float]
    ask_ms: tuple[float, float]
    add: float
    add_processor: float
    disk_both: int
    recall: float


_ROWS: tuple[tuple[str, Callable[[Size], float], str], ...] = (
    ("passages", lambda size: size.passages, ",.0f"),
    ("files", lambda size: size.files, ",.0f"),
    ("build, s", lambda size: size.build, ",.0f"),
    ("build, processor s", lambda size: size.processor, ",.0f"),
    ("peak memory of the build, MB", lambda size: size.memory / 1e6, ",.0f"),
    ("index on disk, MB", lambda size: size.disk / 1e6, ",.0f"),
    ("start to first answer, s", lambda size: size.start, ".1f"),
    ("start to first answer, processor s", lambda size: size.start_processor, ".1f"),
    ("search p50, ms", lambda size: size.search_ms[0], ".1f"),
    ("search p95, ms", lambda size: size.search_ms[1], ".1f"),
    ("answer p50, ms", lambda size: size.ask_ms[0], ".0f"),
    ("answer p95, ms", lambda size: size.ask_ms[1], ".0f"),
    (f"adding {ADDED} files, s", lambda size: size.add, ".1f"),
    (f"adding {ADDED} files, processor s", lambda size: size.add_processor, ".1f"),
    ("two generations on disk, MB", lambda size: size.disk_both / 1e6, ",.0f"),
)


def scale(documents: Path | None, questions: Sequence[Path], sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """Measure bases of about these many passages and the whole folder; yield lines to print as they come.

    Raises BenchError when there is nothing to measure or a command fails, with what it said.
    """
    folder = documents or SHARED / "laws"
    names = sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "_"))
    )
    if len(names) <= ADDED:
        raise BenchError(f"文件夹里的文件太少，量不出规模：{folder}")
    asked = _asked(questions, names)
    measured: list[Size] = []
    with tempfile.TemporaryDirectory(prefix="youju-scale-") as scratch:
        yield "正在试建，估计多少字节成一个片段 ……"
        trial = _spread(names, _TRIAL)
        weight = (
            sum(path.stat().st_size for path in trial) / _measure(trial, [], asked, Path(scratch)).passages
        )
        total = sum(path.stat().st_size for path in names) / weight
        for wanted in [*(size for size in sizes if size < total * 0.9), total]:
            taken = _spread(names, round(len(names) * wanted / total))
            yield f"正在测量约 {wanted:,.0f} 个片段（{len(taken)} 个文件）……"
            measured.append(_measure(taken[ADDED:], taken[:ADDED], asked, Path(scratch)))
            done = measured[-1]
            yield f"{done.passages:,} 个片段：建 {done.build:.0f} 秒，加 {ADDED} 个文件 {done.add:.1f} 秒"
    yield table(measured)


def table(measured: Sequence[Size]) -> str:
    """Write what was measured as a Markdown table, with a column for a million passages on paper."""
    lines = []
    for name, of, form in _ROWS:
        known = [of(size) for size in measured]
        slope = exponent([size.passages for size in measured], known)
        paper = known[-1] * (PAPER / measured[-1].passages) ** slope
        told = [f"{slope:.2f}", f"{paper:{form}}"] if len(measured) > 1 else ["", ""]
        lines.append([name, *(f"{value:{form}}" for value in known), *told])
    recall = [f"{size.recall:.4f}" for size in measured]
    lines.append([f"recall@{NEIGHBOURS} of the graph against exact search", *recall, "", ""])
    heads = ["", *(f"{size.passages:,}" for size in measured), "exponent", f"{PAPER:,} on paper"]
    rows = [heads, ["---", *["--:"] * (len(heads) - 1)], *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Return the power of the size that the cost grows with, by least squares over the bases large enough;
    0 where fewer than two are.
    """
    known = [(size, cost) for size, cost in zip(sizes, costs, strict=True) if size >= STEADY and cost > 0]
    if len({size for size, _ in known}) < 2:
        return 0.0
    return linear_regression(*zip(*((log(size), log(cost)) for size, cost in known), strict=True)).slope


def recall(index: Index, database: Database, questions: Sequence[str]) -> float:
    """Return the share of the passages nearest to each question, found by comparing with all, that a search
    by vectors finds. One that is as near as the last of them counts as one of them.
    """
    embedder = open_embedder(database.facts()["model"])
    known = [(text, vector) for text in questions if (vector := embedder.encode_query(text)).any()]
    asked = np.stack([vector for _, vector in known])
    best = np.full((len(asked), NEIGHBOURS), -1.0, dtype=np.float32)
    for start in range(0, max(database.numbers()) + 1, _BLOCK):
        near = np.hstack([best, asked @ database.vectors(start, start + _BLOCK).T])
        best = np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
    least = best.min(axis=1)
    reached = sum(
        sum(score >= last - 1e-5 for _, score in index.neighbours(text, NEIGHBOURS))
        for (text, _), last in zip(known, least, strict=True)
    )
    return float(reached / (len(known) * min(NEIGHBOURS, index.passage_count)))


def _measure(files: Sequence[Path], added: Sequence[Path], asked: Sequence[str], scratch: Path) -> Size:
    home = Path(tempfile.mkdtemp(dir=scratch))
    documents, index = home / "documents", home / "index"
    places = ("--documents", str(documents), "--index", str(index))
    _copy(files, documents)
    built = timed("index", "build", *places)
    disk = _disk(index)
    start = timed("bot", "ask", *places, asked[0])
    timed_ones = asked[:: max(1, len(asked) // ANSWERED)][:ANSWERED]
    batch = home / "questions.jsonl"
    batch.write_text(
        "".join(
            json.dumps({"id": str(n), "question": q}, ensure_ascii=False) + "\n"
            for n, q in enumerate(timed_ones)
        ),
        "utf-8",
    )
    answers = timed("bot", "ask", *places, "--batch", str(batch), "--json").output.splitlines()
    with open_index(index) as opened:
        passages, searched = opened.passage_count, _searched(opened, timed_ones)
        database = Database(index / "generations" / opened.name / TRUTH)
        reached = recall(opened, database, asked)
        database.close()
    _copy(added, documents, len(files))
    grown = timed("index", "build", *places) if added else Spent(0.0, 0.0, 0, "")
    size = Size(
        passages=passages,
        files=len(files),
        build=built.seconds,
        processor=built.processor,
        memory=built.memory,
        disk=disk,
        start=start.seconds,
        start_processor=start.processor,
        search_ms=_percentiles(searched),
        ask_ms=_percentiles([json.loads(line)["seconds"] for line in answers if line][_WARMING:]),
        add=grown.seconds,
        add_processor=grown.processor,
        disk_both=_disk(index),
        recall=reached,
    )
    shutil.rmtree(home)
    return size


def _searched(index: Index, asked: Sequence[str]) -> list[float]:
    seconds = []
    for question in asked:
        started = time.perf_counter()
        index.search(question)
        seconds.append(time.perf_counter() - started)
    return seconds[_WARMING:]


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    half, most = np.percentile(np.array(seconds or [0.0]) * 1000, [50, 95])
    return float(half), float(most)


def _asked(questions: Sequence[Path], names: Sequence[Path]) -> list[str]:
    """Return the questions of the files, or some made of the documents' names where none are given."""
    known = SHARED / "benchmarks" / "stard" / "queries.jsonl"
    files = list(questions) or [path for path in [known] if path.is_file()]
    texts = [json.loads(line)["question"] for path in files for line in path.read_text("utf-8").splitlines()]
    texts = texts or [f"{path.stem}由谁负责？" for path in names]
    return [str(text) for text in texts[:: max(1, len(texts) // ASKED)][:ASKED]]


def _spread(names: Sequence[Path], count: int) -> list[Path]:
    """Return so many of the files, evenly spread."""
    places = np.linspace(0, len(names) - 1, min(len(names), max(count, ADDED + 1)))
    return [names[round(place)] for place in places]


def _copy(files: Sequence[Path], folder: Path, first: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(files, first):
        shutil.copyfile(path, folder / f"{number:06}-{path.name}")


def _disk(index: Path) -> int:
    """Return the bytes of an index, those of a file that two generations share counted once."""
    files = {path.stat().st_ino: path.stat().st_size for path in index.rglob("*") if path.is_file()}
    return sum(files.values())
