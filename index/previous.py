"""What the current generation holds, for a build that takes over what has not changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

from index import generation as generations
from index.database import TRUTH, Database, StoredFile
from index.errors import IndexUnusableError
from index.report import FileReport, Status


class Previous:
    """What the current generation holds; empty when there is none, or none that can be trusted.

    Its documents are read only when a new generation takes them over. ``name`` is empty where the
    generation cannot serve as it is.
    """

    def __init__(self, name: str = "", database: Database | None = None) -> None:
        self.name = name
        self.database = database
        self.facts = database.facts() if database else {}
        reports = database.reports() if database else ()
        # A file left out may be shown by the name of one that is in; that one counts.
        self.reports = {report.source: report for report in sorted(reports, key=lambda r: r.indexed)}
        self._left_out = {report for report in reports if not report.indexed}

    @classmethod
    def open(cls, index: Path) -> "Previous":
        """Open the current generation's truth; the stores made from it need not be whole."""
        try:
            folder = generations.current(index)
            if folder is None or not generations.intact(folder, TRUTH):
                return cls()
            previous = cls(folder.name, Database(folder / TRUTH))
        except (IndexUnusableError, ValueError, LookupError, TypeError):
            return cls()
        try:
            generations.verify(folder)
        except IndexUnusableError:
            previous.name = ""
        return previous

    def report(self, source: str, sha256: str) -> FileReport | None:
        """Return the report on an indexed file when its bytes and the pipeline are as they were."""
        report = self.reports.get(source)
        if report is None or not report.indexed or report.sha256 != sha256:
            return None
        return report if self.facts.get("pipeline") == pipeline_digest() else None

    def whole(self, file: StoredFile) -> StoredFile:
        """Return an unchanged file with its documents and passages, any other as it is."""
        if file.report.status is not Status.UNCHANGED:
            return file
        return replace(self._files[file.report.source], report=file.report)

    @cached_property
    def _files(self) -> dict[str, StoredFile]:
        stored = self.database.files() if self.database else ()
        return {file.report.source: file for file in stored if file.report.indexed}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each passage, by its id."""
        rows = self.database.passages() if self.database else ()
        return {row[0]: number for number, row in enumerate(rows)}

    def gives(self, files: Sequence[StoredFile], model: str, model_name: str) -> bool:
        """Tell whether a build of the files would make this generation again."""
        return (
            bool(self.name)
            and self.facts.get("model") == model
            and self.facts.get("model_name") == model_name
            and all(file.report.status is Status.UNCHANGED for file in files if file.report.indexed)
            and {file.report for file in files if not file.report.indexed} == self._left_out
        )


@cache
def pipeline_digest() -> str:
    """Return the digest of the code that makes passages: when it changes, every file is read again.

    All of ``index`` counts but the model and its making. A version number somebody must remember to
    raise would be forgotten.
    """
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(path for path in here.rglob("*") if path.is_file()):
        inside = path.relative_to(here).parts
        if "__pycache__" in inside or inside[0] in ("model", "train"):
            continue
        digest.update("/".join(inside).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
