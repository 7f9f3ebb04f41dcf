"""Where each file of a site stands: the documents folder beside the index that serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from bot.serving import Base
from index.document import Document
from index.intake import digest_of
from index.report import FileReport


class Standing(StrEnum):
    """Where a file stands: in the index, waiting for the next build, left out by the last one, or gone from
    the folder but still answering.
    """

    SERVING = "serving"
    WAITING = "waiting"
    LEFT_OUT = "left_out"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Held:
    """One file of the site. ``size`` counts bytes and ``changed`` is UTC, None of one that is not there.

    ``report`` is what the build of the index that serves said of it, ``documents`` are its documents there.
    """

    source: str
    standing: Standing
    size: int | None
    changed: datetime | None
    report: FileReport | None
    documents: tuple[Document, ...]


def shelf(files: Mapping[str, Path], base: Base, made: datetime | None) -> tuple[Held, ...]:
    """Return every file of a folder and of an index that was ``made`` then, in order of source."""
    reports = {report.source: report for report in sorted(base.reports, key=lambda report: report.indexed)}
    documents: dict[str, list[Document]] = {}
    for document in base.documents.values():
        documents.setdefault(document.source, []).append(document)
    return tuple(
        _held(source, files.get(source), reports.get(source), tuple(documents.get(source, ())), made)
        for source in sorted(files.keys() | reports.keys())
    )


def _held(
    source: str,
    path: Path | None,
    report: FileReport | None,
    documents: tuple[Document, ...],
    since: datetime | None,
) -> Held:
    try:
        facts = path.stat() if path else None
    except OSError:  # gone in the meantime, or a broken link
        facts = None
    changed = datetime.fromtimestamp(facts.st_mtime, UTC) if facts else None
    if report is None:
        standing = Standing.WAITING
    elif path is None:
        standing = Standing.GONE if report.indexed else Standing.LEFT_OUT
    elif changed and since and changed > since and report.sha256 and digest_of(path) != report.sha256:
        standing = Standing.WAITING
    else:
        standing = Standing.SERVING if report.indexed else Standing.LEFT_OUT
    return Held(source, standing, facts.st_size if facts else None, changed, report, documents)
