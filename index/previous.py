"""What the current generation holds, for a build that takes over what has not changed."""

import hashlib
import shutil
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

from index import generation as generations
from index.aside import Aside
from index.database import TRUTH, Database, StoredFile
from index.embed import Vectors
from index.errors import IndexUnusableError
from index.report import FileReport, Status


class Previous:
    """What the current generation holds; empty when there is none, or none that can be trusted.

    Its documents are read only when a new generation needs them. ``whole`` tells whether the generation
    can serve as it is; if not, only its passages.sqlite is to be relied on.
    """

    def __init__(self, folder: Path | None = None, database: Database | None = None) -> None:
        self.folder = folder
        self.whole = False
        self._database = database
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
            previous = cls(folder, Database(folder / TRUTH))
        except (IndexUnusableError, ValueError, LookupError, TypeError):
            return cls()
        try:
            generations.verify(folder)
            previous.whole = True
        except IndexUnusableError:
            pass
        return previous

    @property
    def name(self) -> str:
        """The generation's name, empty where there is none."""
        return self.folder.name if self.folder else ""

    def report(self, source: str, sha256: str) -> FileReport | None:
        """Return the report on an indexed file when its bytes and the pipeline are as they were."""
        report = self.reports.get(source)
        if report is None or not report.indexed or report.sha256 != sha256:
            return None
        return report if self.facts.get("pipeline") == pipeline_digest() else None

    def carry_over(self, generation: Path, files: Sequence[StoredFile], model_name: str) -> list[StoredFile]:
        """Give a new generation what it can keep of this one, and return the files that must be written.

        With the same model that is the whole passages.sqlite; an unchanged file then stays without its
        documents. Else every file is returned with all it holds.
        """
        if self.folder is None or not any(file.report.status is Status.UNCHANGED for file in files):
            return list(files)
        if self.facts.get("model_name") == model_name:
            shutil.copyfile(self.folder / TRUTH, generation / TRUTH)
            return list(files)
        return [self._with_documents(file) for file in files]

    def base(self, now: Set[int]) -> Path | None:
        """Return the generation whose stores are to be carried on to hold the passages with these numbers,
        None where they are better written anew.
        """
        if not self.whole or self.folder is None or self._database is None:
            return None
        aside = Aside.read(self.folder).after(self._database.numbers(), now)
        return self.folder if aside.worth_keeping else None

    def vector(self, words: bytes) -> Vectors | None:
        """Return the vector of a passage by the digest of the words it is found by."""
        number = self._known_words.get(words)
        if number is None or self._database is None:
            return None
        return next(iter(self._database.vectors(number, number + 1)), None)

    @cached_property
    def _known_words(self) -> dict[bytes, int]:
        return self._database.known_words() if self._database else {}

    def _with_documents(self, file: StoredFile) -> StoredFile:
        if file.report.status is not Status.UNCHANGED:
            return file
        return replace(self._files[file.report.source], report=file.report)

    @cached_property
    def _files(self) -> dict[str, StoredFile]:
        stored = self._database.files() if self._database else ()
        return {file.report.source: file for file in stored if file.report.indexed}

    def gives(self, files: Sequence[StoredFile], model: str, model_name: str) -> bool:
        """Tell whether a build of the files would make this generation again."""
        return (
            self.whole
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
        if "__pycache__" in inside or inside[0] in ("model", "train", "ranker.json"):
            continue
        digest.update("/".join(inside).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
