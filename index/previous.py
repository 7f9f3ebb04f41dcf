"""What the current generation holds, for a build that takes over what has not changed."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from index import generation as generations
from index.database import Database, StoredFile
from index.errors import IndexUnusableError
from index.report import Status


class Previous:
    """What the current generation holds; empty when there is none, or none that can be read.

    ``name`` is empty, too, where its files are to be taken over but it cannot serve as it is.
    """

    def __init__(self, name: str, facts: dict[str, str], database: Database | None) -> None:
        self.name = name
        self.facts = facts
        self.database = database
        stored = tuple(database.files()) if database else ()
        self.files = {file.report.source: file for file in stored}
        self._left_out = {file.report for file in stored if not file.report.indexed}
        self.numbers: dict[str, int] = {}
        if database:
            self.numbers = {row[0]: number for number, row in enumerate(database.passages())}

    @classmethod
    def open(cls, index: Path) -> "Previous":
        """Open the current generation's truth; the stores made from it need not be whole."""
        try:
            folder = generations.current(index)
            if folder is None:
                return cls("", {}, None)
            database = Database(folder / "passages.sqlite")
            previous = cls(folder.name, database.facts(), database)
        except (IndexUnusableError, ValueError, LookupError, TypeError):
            return cls("", {}, None)
        try:
            generations.verify(folder)
        except IndexUnusableError:
            previous.name = ""
        return previous

    def file(self, source: str, sha256: str) -> StoredFile | None:
        """Return the file as stored when its bytes and the pipeline are as they were."""
        stored = self.files.get(source)
        if stored is None or not stored.report.indexed or stored.report.sha256 != sha256:
            return None
        return stored if self.facts.get("pipeline") == pipeline_digest() else None

    def gives(self, files: Sequence[StoredFile], model: str, model_name: str | None) -> bool:
        """Tell whether a build of the files would make this generation again.

        ``model_name`` is the identity of a model from outside, None for the one fitted.
        """
        return (
            bool(self.name)
            and self.facts.get("model") == model
            and model_name in (None, self.facts.get("model_name"))
            and all(file.report.status is Status.UNCHANGED for file in files if file.report.indexed)
            and {file.report for file in files if not file.report.indexed} == self._left_out
        )


@cache
def pipeline_digest() -> str:
    """Return the digest of the code that makes passages: when it changes, every file is read again.

    All of ``index`` counts. A version number somebody must remember to raise would be forgotten.
    """
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(
        path for path in here.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ):
        digest.update(path.relative_to(here).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
