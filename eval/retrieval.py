"""Youju's search and what others would use, side by side on the same documents and questions.

Quality is told by the gold places of question files, with intervals and paired differences against
bigram BM25; cost by index time, latency, memory and disk. Each contender runs in a process of its own.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from eval.cases import Case, CaseError, read_questions
from eval.contenders import CONTENDERS, Task
from eval.intervals import Part, difference, interval
from eval.metrics import covers
from eval.processes import timed
from eval.ranking import MEASURES
from index.build import build
from index.document import Document, Section
from index.search import Index, open_index

BASELINE = "BM25, bigrams"
SHOWN = ("R@10", "R@20", "R@100", "MRR@10")


@dataclass(frozen=True)
class Provision:
    """An article with its items, or else a section: where it stands and the words it is found by."""

    source: str
    path: tuple[str, ...]
    document: int
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Result:
    """What a contender found and took: seconds and bytes."""

    ranks: tuple[tuple[int | None, ...], ...]  # of each question's gold places
    index: float
    latencies: tuple[float, ...]
    memory: int
    disk: int


def side_by_side(
    documents: Path, questions: Sequence[Path], model: str | None, most: int, files: int
) -> Iterator[str]:
    """Run every contender and yield Markdown tables: quality, differences, cost.

    ``most`` questions are asked at most and ``files`` indexed at most, those with a gold place among
    them and the rest evenly spread; 0 is no limit. Raises CaseError where nothing can be asked.
    """
    every = [case for file in read_questions(questions) for case in file.cases]
    cases = _spread([c for c in every if c.family == c.id and c.answerable], most)
    if not cases:
        raise CaseError("这些题目里没有一道单独的、能回答的题，无法比较。")
    with tempfile.TemporaryDirectory(prefix="youju-retrieval-") as scratch:
        folder = Path(scratch)
        if files:
            documents = _sample(documents, cases, files, folder / "documents")
        started = perf_counter()
        build(documents, folder / "index", model)
        building = perf_counter() - started
        with open_index(folder / "index") as index:
            held = provisions(index)
            task_of(index, held, folder, model, [case.question for case in cases]).write()
        results = {}
        for name in CONTENDERS:
            yield f"正在运行 {name} ……"
            results[name] = _run(name, folder, cases, held, building)
    yield f"\n{len(cases)} questions, {len(held)} provisions\n"
    yield from _quality(results, cases)
    yield ""
    yield from _cost(results)


def _spread(cases: Sequence[Case], most: int) -> list[Case]:
    return [cases[int(at)] for at in np.linspace(0, len(cases) - 1, min(most or len(cases), len(cases)))]


def _sample(documents: Path, cases: Sequence[Case], files: int, out: Path) -> Path:
    """Copy the files of the gold places, and of the others as many as are wanted, evenly spread."""
    wanted = {gold.source for case in cases for gold in case.required}
    others = sorted(path for path in documents.rglob("*") if path.is_file())
    others = [path for path in others if path.relative_to(documents).as_posix() not in wanted]
    step = max(1, len(others) // max(1, files - len(wanted)))
    chosen = [documents / source for source in sorted(wanted)] + others[::step][: max(0, files - len(wanted))]
    for path in chosen:
        target = out / path.relative_to(documents)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return out


def provisions(index: Index) -> list[Provision]:
    """Return every provision of an index, in reading order."""
    found = []
    for number, document in enumerate(index.documents):
        sections = list(document.sections)
        while sections:
            own = [sections.pop(0)]
            while sections and own[0].article and sections[0].article == own[0].article:
                own.append(sections.pop(0))
            found.append(_provision(number, document, own))
    return found


def _provision(number: int, document: Document, own: Sequence[Section]) -> Provision:
    start, end = own[0].start, own[-1].end
    subject = [document.title, " ".join(document.trail(own[0]))]
    words = "\n".join([*subject, document.text[start:end]])
    return Provision(document.source, document.cited_path(own[0]), number, start, end, words)


def task_of(
    index: Index, held: Sequence[Provision], folder: Path, model: str | None, questions: Sequence[str]
) -> Task:
    """Return what a contender is given to search an index's provisions; ``folder`` is its own to write in."""
    return Task(
        folder,
        index.folder,
        model,
        list(questions),
        [document.id for document in index.documents],
        [document.text for document in index.documents],
        [{"document": one.document, "start": one.start, "end": one.end, "words": one.words} for one in held],
    )


def _run(
    name: str, folder: Path, cases: Sequence[Case], held: Sequence[Provision], building: float
) -> Result:
    shutil.rmtree(folder / "stored", ignore_errors=True)
    record = json.loads(timed("eval.contenders", name, str(folder)).output)
    ours = name.startswith("youju")
    index = folder / "index" / "generations"
    return Result(
        ranks=tuple(_ranks(case, found, held) for case, found in zip(cases, record["found"], strict=True)),
        index=building if ours else record["ready"],
        latencies=tuple(record["seconds"]),
        memory=record["memory"],
        disk=sum(p.stat().st_size for p in index.rglob("*") if p.is_file()) if ours else record["disk"],
    )


def _ranks(case: Case, found: Sequence[int], held: Sequence[Provision]) -> tuple[int | None, ...]:
    return tuple(
        next(
            (
                rank
                for rank, number in enumerate(found, 1)
                if covers(gold, held[number].source, held[number].path)
            ),
            None,
        )
        for gold in case.required
    )


def _parts(result: Result, cases: Sequence[Case], measure: str) -> list[Part]:
    worth = MEASURES[measure]
    return [Part(case.kin, worth(case, ranks), 1.0) for case, ranks in zip(cases, result.ranks, strict=True)]


def _quality(results: dict[str, Result], cases: Sequence[Case]) -> Iterator[str]:
    yield f"| | {' | '.join(f'{measure} [95 %] | - bigram BM25 [95 %] p' for measure in SHOWN)} |"
    yield f"|---|{'---|' * 2 * len(SHOWN)}"
    for name, result in results.items():
        cells = []
        for measure in SHOWN:
            parts = _parts(result, cases, measure)
            here, gap = interval(parts), difference(_parts(results[BASELINE], cases, measure), parts)
            assert here is not None  # every question has a whole of one
            assert gap is not None
            cells += [
                f"{here.value:.3f} [{here.low:.3f}, {here.high:.3f}]",
                "" if name == BASELINE else f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] {gap.p:.4f}",
            ]
        yield f"| {name} | {' | '.join(cells)} |"


def _cost(results: dict[str, Result]) -> Iterator[str]:
    yield "| | index, s | p50, ms | p95, ms | memory, MB | disk, MB |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, result in results.items():
        middle, slow = np.percentile(np.array(result.latencies) * 1000, (50, 95))
        yield (
            f"| {name} | {result.index:.1f} | {middle:.1f} | {slow:.1f} | {result.memory / 1e6:.0f}"
            f" | {result.disk / 1e6:.0f} |"
        )
