"""The pipeline, spelled once: files -> load -> clean -> parse -> chunk -> embed -> store.

A build makes a whole new generation, but a file whose bytes and whose pipeline are as they were is
taken over as it stands, sections, passages, vectors and all; a large base that has changed little takes
over its stores too. Another model computes every vector anew.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from index import generation as generations
from index.amend import digest, write_database
from index.chunk import chunk
from index.clean import clean
from index.database import TRUTH, Database, StoredFile
from index.derive import derive
from index.document import Passage
from index.embed import Embedder, Vectors, open_embedder, searchable
from index.errors import BuildFailedError, NothingIndexedError, UnreadableFileError, YoujuError, cause
from index.limit import TooLongError, at_most
from index.load import find, load, source_of
from index.parse import parse
from index.previous import Previous, pipeline_digest
from index.report import BuildReport, FileReport, Progress, Stage, Status

EMBED_BATCH = 2_000
PATIENCE = 120  # seconds of processor time for one file; a law takes .02, the longest text allowed 60

Listener = Callable[[Progress], None]


def build(
    documents: Path, index: Path, model: str | None = None, progress: Listener | None = None
) -> BuildReport:
    """Bring the index of a folder of documents up to date and report on every file.

    ``model`` is an embedding model by folder or name, None for the one that ships. Raises
    NothingIndexedError when no file can be read, ModelUnavailableError, BuildFailedError, or YoujuError
    when another build is running; whatever is raised, the index that was there stays.
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
    files = [_left_out(refused.source, "", Status.UNREADABLE, refused.reason) for refused in found.refused]
    sources: dict[str, str] = {}  # by content, of the files indexed so far
    for done, path in enumerate(found.files):
        tell(Progress(Stage.READ, done, len(found.files)))
        file = _read(path, root, previous)
        twin = sources.setdefault(file.report.sha256, file.report.source) if file.report.indexed else None
        if twin not in (None, file.report.source):
            file = _left_out(
                file.report.source,
                file.report.sha256,
                Status.DUPLICATE,
                f"“{file.report.source}”的内容与“{twin}”完全相同，只收录一次。",
            )
        files.append(file)
    tell(Progress(Stage.READ, len(found.files), len(found.files)))
    return sorted(files, key=lambda file: file.report.source)


def _read(path: Path, root: Path, previous: Previous) -> StoredFile:
    """Read one file; whatever goes wrong with it is said in its report and stops nothing else.

    Of one that is as it was only the report is given.
    """
    source = source_of(path, root)
    sha256 = ""
    try:
        sha256 = _digest(path)
        report = previous.report(source, sha256)
        if report is not None:
            return StoredFile(replace(report, status=Status.UNCHANGED), (), ())
        with at_most(PATIENCE):
            return _process(path, root, Status.CHANGED if source in previous.reports else Status.ADDED)
    except UnreadableFileError as error:
        return _left_out(source, sha256, Status.UNREADABLE, str(error))
    except TooLongError:
        reason = f"“{source}”处理了 {PATIENCE} 秒还没有完，没有收录。请检查内容是否正常，或拆分后再放进来。"
        return _left_out(source, sha256, Status.UNREADABLE, reason)
    except MemoryError:
        return _left_out(source, sha256, Status.UNREADABLE, f"“{source}”太大或太复杂，内存不够，没有收录。")
    except RecursionError:
        return _left_out(source, sha256, Status.UNREADABLE, f"“{source}”的结构嵌套过深，没有收录。")
    except Exception as error:  # noqa: BLE001 - one bad file must never cost the others
        reason = f"“{source}”处理时出错（{type(error).__name__}：{error}），没有收录。请把它报告给维护者。"
        return _left_out(source, sha256, Status.UNREADABLE, reason)


def _process(path: Path, root: Path, status: Status) -> StoredFile:
    loaded = load(path, root)
    cleaned = clean(loaded.text)
    documents = parse(loaded.source, loaded.sha256, loaded.text, cleaned.text)
    passages = tuple(passage for document in documents for passage in chunk(document))
    if not passages:
        raise UnreadableFileError(f"“{loaded.source}”里没有可以收录的文字。")
    report = FileReport(
        source=loaded.source,
        sha256=loaded.sha256,
        status=status,
        format=loaded.format,
        encoding=loaded.encoding,
        documents=len(documents),
        sections=sum(len(document.sections) for document in documents),
        passages=len(passages),
        repaired=cleaned.repaired,
        unrepaired=cleaned.unrepaired,
        chrome=(*loaded.dropped, *cleaned.chrome),
        converted=cleaned.converted,
        warnings=loaded.warnings,
    )
    return StoredFile(report, documents, passages)


def _left_out(source: str, sha256: str, status: Status, reason: str) -> StoredFile:
    return StoredFile(FileReport(source, sha256, status, reason), (), ())


def _digest(path: Path) -> str:
    """Return the digest of the file's bytes, empty where ``load`` will say why it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


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
