"""The pipeline, spelled once: files -> load -> clean -> parse -> chunk -> embed -> store.

A build makes a whole new generation, but a file whose bytes and whose pipeline are as they were is
taken over as it stands, sections, passages, vectors and all; a large base that has changed little takes
over its stores too. Another model computes every vector anew.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from index import generation as generations
from index.amend import digest, write_database
from index.database import TRUTH, Database, StoredFile
from index.derive import derive
from index.document import Passage
from index.embed import Embedder, Vectors, open_embedder, searchable
from index.errors import BuildFailedError, NothingIndexedError, YoujuError, cause
from index.intake import digest_of, left_out, take_in
from index.load import find, source_of
from index.previous import Previous, pipeline_digest
from index.report import BuildReport, Progress, Stage, Status

EMBED_BATCH = 2_000

Listener = Callable[[Progress], None]


def build(
    documents: Path, index: Path, model: str | None = None, progress: Listener | None = None
) -> BuildReport:
    """Bring the index of a folder of documents up to date and report on every file.

    ``model`` is an embedding model by folder or name, None for the one that ships. Raises
    NothingIndexedError when no file can be read, ModelUnavailableError, BuildFailedError, or YoujuError
    when another build is running; whatever is raised, the index that was there stays. A generation that
    was gone back to is no longer held to afterwards.
    """
    started = time.monotonic()
    tell = progress or _nobody
    if not documents.is_dir():
        raise NothingIndexedError(f"没有文档文件夹 {documents}，请检查路径。")
    embedder = open_embedder(model)  # a wrong one is said before any file is read
    previous = Previous.open(index)
    files = _read_all(documents, previous, tell)
    if not any(file.report.indexed for file in files):
        raise NothingIndexedError(_nothing(documents, files))
    removed = tuple(sorted(previous.reports.keys() - {file.report.source for file in files}))
    if not removed and previous.gives(files, model or "", embedder.name):
        if generations.pinned(index):
            with generations.writing(index):
                generations.unpin(index)
        return _report(previous.name, False, previous.facts["model_name"], files, removed, started)
    # Locked only now: many may find at once that nothing has changed, and may not be allowed to write.
    with generations.writing(index):
        generations.sweep(index)
        with ExitStack() as after, _failing_in_one_line():
            after.callback(generations.sweep, index)  # a half generation must not go on filling the disk
            generation = generations.begin(index)
            written = previous.carry_over(generation, files, embedder.name)
            carried = (
                generation / TRUTH
            ).exists()  # else numbers are given anew, to other passages or vectors
            passages = [passage for file in written for passage in file.passages]
            tell(Progress(Stage.EMBED, 0, len(passages)))
            vectors = _embed(embedder, passages, previous, tell)
            facts = {
                "model": model or "",
                "model_name": embedder.name,
                "pipeline": pipeline_digest(),
                "documents": str(documents.resolve()),
            }
            write_database(generation / TRUTH, written, vectors, facts)
            tell(Progress(Stage.STORE, 0, 1))
            derive(generation, _base(previous, generation) if carried else None)
            generations.seal(generation)
            generations.publish(index, generation)
        tell(Progress(Stage.STORE, 1, 1))
        return _report(generation.name, True, embedder.name, files, removed, started)


@contextmanager
def _failing_in_one_line() -> Iterator[None]:
    """Say what stopped the making of a generation, whichever library met it: a full disk, no memory."""
    try:
        yield
    except YoujuError:
        raise
    except OSError as error:
        raise BuildFailedError(cause(error)) from error
    except Exception as error:
        raise BuildFailedError(f"{type(error).__name__}，{error}".rstrip("，")) from error


def _read_all(root: Path, previous: Previous, tell: Listener) -> list[StoredFile]:
    found = find(root)
    files = [left_out(refused.source, "", Status.UNREADABLE, refused.reason) for refused in found.refused]
    sources: dict[str, str] = {}  # by content, of the files indexed so far
    for done, path in enumerate(found.files):
        tell(Progress(Stage.READ, done, len(found.files)))
        file = _read(path, root, previous)
        twin = sources.setdefault(file.report.sha256, file.report.source) if file.report.indexed else None
        if twin not in (None, file.report.source):
            file = left_out(
                file.report.source,
                file.report.sha256,
                Status.DUPLICATE,
                f"“{file.report.source}”的内容与“{twin}”完全相同，只收录一次。",
            )
        files.append(file)
    tell(Progress(Stage.READ, len(found.files), len(found.files)))
    return sorted(files, key=lambda file: file.report.source)


def _read(path: Path, root: Path, previous: Previous) -> StoredFile:
    """Read one file. Of one that is as it was only the report is given."""
    source = source_of(path, root)
    report = previous.report(source, digest_of(path))
    if report is not None:
        return StoredFile(replace(report, status=Status.UNCHANGED), (), ())
    return take_in(path, root, Status.CHANGED if source in previous.reports else Status.ADDED)


def _embed(
    embedder: Embedder, passages: Sequence[Passage], previous: Previous, tell: Listener
) -> Iterator[Vectors]:
    """Yield the vectors of the passages, a batch at a time, those the same model made before reused."""
    same = previous.facts.get("model_name") == embedder.name
    for start in range(0, len(passages), EMBED_BATCH):
        tell(Progress(Stage.EMBED, start, len(passages)))
        batch = passages[start : start + EMBED_BATCH]
        known = [previous.vector(digest(passage)) if same else None for passage in batch]
        rows = {row: vector for row, vector in enumerate(known) if vector is not None}
        fresh = [row for row in range(len(batch)) if row not in rows]
        if fresh:
            computed = embedder.encode([searchable(batch[row]) for row in fresh])
            rows.update(zip(fresh, computed, strict=True))
        yield np.stack([rows[row] for row in range(len(batch))])
    tell(Progress(Stage.EMBED, len(passages), len(passages)))


def _base(previous: Previous, generation: Path) -> Path | None:
    """Return the generation whose stores are carried on, None where they are to be written anew."""
    database = Database(generation / TRUTH)
    try:
        return previous.base(database.numbers())
    finally:
        database.close()


def _report(
    name: str, fresh: bool, model: str, files: Sequence[StoredFile], removed: tuple[str, ...], started: float
) -> BuildReport:
    reports = tuple(file.report for file in files)
    return BuildReport(name, fresh, model, reports, removed, time.monotonic() - started)


def _nothing(documents: Path, files: Sequence[StoredFile]) -> str:
    if not files:
        return f"文件夹 {documents} 里没有可以收录的文件（支持 txt、md、html）。"
    reasons = "".join(file.report.reason for file in files[:5])
    return f"文件夹 {documents} 里的 {len(files)} 个文件都不能收录。{reasons}"


def _nobody(progress: Progress) -> None:
    """Nobody listens."""
