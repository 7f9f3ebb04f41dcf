"""Going back to the generation before, when the newest turns out worse than the one it replaced."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index import generation as generations
from index.database import TRUTH, Database
from index.errors import IndexUnusableError, YoujuError


class RollBackError(YoujuError):
    """There is no generation to go back to, or it is damaged; what serves stays."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What going back would change: the sources that would come back, go, and have other words.

    ``made`` is when the generation gone back to was made (UTC).
    """

    made: datetime
    back: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


def roll_back(index: Path) -> Path:
    """Make the generation before the current one in one step, and return its folder.

    It stays current until somebody asks for a build; going back once more returns to the one that was
    left. Raises RollBackError, or BuildRunningError while a build writes into the index.
    """
    with generations.writing(index):
        target = _target(index)
        try:
            generations.verify(target)
        except IndexUnusableError as error:
            raise RollBackError(f"上一版索引不能用，没有退回，现在的索引不变。{error}") from error
        generations.go_back(index, target)
        return target


def difference(index: Path) -> Difference:
    """Tell what ``roll_back`` would change. Raises RollBackError where it cannot be done."""
    target = _target(index)
    serving = generations.current(index)
    before, now = _indexed(target), _indexed(serving) if serving else {}
    return Difference(
        made=made(target),
        back=tuple(sorted(before.keys() - now.keys())),
        gone=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(source for source in before.keys() & now if before[source] != now[source])),
    )


def made(generation: Path) -> datetime:
    """Return when a generation was made, UTC."""
    return datetime.fromtimestamp((generation / generations.SEAL).stat().st_mtime, UTC)


def _target(index: Path) -> Path:
    target = generations.previous(index)
    if target is None:
        raise RollBackError("没有上一版索引可以退回：至少要建过两次索引。")
    return target


def _indexed(generation: Path) -> dict[str, str]:
    """Return the sources a generation holds with the digests of their bytes."""
    if not generations.intact(generation, TRUTH):
        raise RollBackError(f"索引 {generation} 已损坏或被改动，不能比较，也不能退回。{generations.REMEDY}")
    database = Database(generation / TRUTH)
    try:
        return {report.source: report.sha256 for report in database.reports() if report.indexed}
    finally:
        database.close()
