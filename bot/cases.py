"""Questions that operators saved as evaluation cases: a file of JSON lines as ``python -m eval`` reads it."""

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import YoujuError, cause

UNANSWERABLE = "unanswerable"  # the kind of a case that is to be refused


class CaseRefusedError(YoujuError):
    """A case cannot be saved as it stands, or not at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One place where the answer stands: source, labels from the top, and what must be said.

    ``facts`` is a list of groups; each group lists the wordings of one fact.
    """

    source: str
    path: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SavedCase:
    """One question with what a right answer is; without ``gold`` it is to be refused.

    ``every`` tells that each place of ``gold`` must be told, not any one of them.
    """

    question: str
    language: str
    kind: str
    gold: tuple[Gold, ...] = ()
    every: bool = False
    note: str = ""


class CaseBook:
    """The file of a site's cases. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, case: SavedCase) -> str:
        """Append a case and return its id; it is on the disk then, whole. Raises CaseRefusedError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                lines = file.read().split(b"\n")
                if lines[-1]:  # half a line, of a process that died: it was never said to be saved
                    file.truncate(file.tell() - len(lines[-1]))
                identity = f"site-{_highest(lines[:-1]) + 1:04d}"
                file.write(json.dumps(_record(identity, case), ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise CaseRefusedError(f"评测题没有存下来（{cause(error)}）。请检查磁盘和权限后重试。") from error
        return identity

    def all(self) -> tuple[dict[str, object], ...]:
        """Return the cases as they are written, in order; a line that is not whole counts for nothing."""
        return tuple(json.loads(line) for line in self.content().decode("utf-8").split("\n") if line)

    def content(self) -> bytes:
        """Return the file; empty where no case is saved yet."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return b""
        return content[: content.rfind(b"\n") + 1]


def facts_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Return facts written one a line, the wordings of one parted by ``|``."""
    groups = (tuple(filter(None, (word.strip() for word in line.split("|")))) for line in text.splitlines())
    return tuple(group for group in groups if group)


def _highest(lines: Sequence[bytes]) -> int:
    numbers = (str(json.loads(line)["id"]).removeprefix("site-") for line in lines if line)
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _record(identity: str, case: SavedCase) -> dict[str, object]:
    gold = [
        {
            "doc": place.source,
            "path": list(place.path),
            "facts": [list(group) for group in place.facts],
            "optional": False,
        }
        for place in case.gold
    ]
    return {
        "id": identity,
        "question": case.question,
        "lang": case.language,
        "kind": case.kind,
        "answerable": bool(gold),
        "need": ("all" if case.every else "any") if gold else "none",
        "gold": gold,
        "forbidden": [],
        "note": case.note,
    }
