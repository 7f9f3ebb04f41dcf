"""One file taken in: load -> clean -> parse -> chunk. Whatever is wrong with it is said in its report."""

import hashlib
from datetime import date
from pathlib import Path

from index.chunk import chunk
from index.clean import clean
from index.database import StoredFile
from index.errors import UnreadableFileError
from index.limit import TooLongError, at_most
from index.load import load, source_of
from index.parse import parse
from index.report import FileReport, Status

PATIENCE = 120  # seconds of processor time for one file; a law takes .02, the longest text allowed 60


def take_in(path: Path, root: Path, status: Status = Status.ADDED) -> StoredFile:
    """Read one file below ``root`` into documents and passages, its report saying ``status``.

    Raises nothing: of a file that cannot be read the report says why, and there is nothing else.
    """
    source = source_of(path, root)
    try:
        with at_most(PATIENCE):
            return _process(path, root, status)
    except UnreadableFileError as error:
        reason = str(error)
    except TooLongError:
        reason = f"“{source}”处理了 {PATIENCE} 秒还没有完，没有收录。请检查内容是否正常，或拆分后再放进来。"
    except MemoryError:
        reason = f"“{source}”太大或太复杂，内存不够，没有收录。"
    except RecursionError:
        reason = f"“{source}”的结构嵌套过深，没有收录。"
    except Exception as error:  # noqa: BLE001 - one bad file must never cost the others
        reason = f"“{source}”处理时出错（{type(error).__name__}：{error}），没有收录。请把它报告给维护者。"
    return left_out(source, digest_of(path), Status.UNREADABLE, reason)


def left_out(source: str, sha256: str, status: Status, reason: str) -> StoredFile:
    """Return a file of which nothing is in the index."""
    return StoredFile(FileReport(source, sha256, status, reason), (), ())


def digest_of(path: Path) -> str:
    """Return the digest of the file's bytes, empty where ``load`` will say why it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


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
        taken=date.today().isoformat(),
    )
    return StoredFile(report, documents, passages)
