"""Generations: an index is a folder of complete, unchanging copies, one of which is current.

A generation is written aside, checked, sealed with a digest of its files, flushed to the disk, and
made current by one atomic rename. A build that dies at any moment leaves the current one serving.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from index.errors import IndexUnusableError, YoujuError, cause

FORMAT = 3  # of the files of a generation; another number is another version of the program
POINTER = "CURRENT"
PIN = "PINNED"  # names the current generation where somebody went back to it, and only then means anything
SEAL = "seal.json"
LIBRARIES = ("chromadb", "tantivy")  # whose files are only read by the version that wrote them
# Chroma writes a line into its SQLite file whenever it is opened, and the lengths of its vectors when it is
# queried. That they are there is noted, not what they hold; SQLite is asked what it can tell about itself.
REWRITTEN = ("chroma.sqlite3", "length.bin")
PASSING = (".lock", "-journal", "-wal", "-shm")  # files that come and go while others are used
NAME = re.compile(r"(\d{6})-[0-9a-f]{8}")
REMEDY = "请运行 python -m index build --documents 文档文件夹 重新建立索引。"


class BuildRunningError(YoujuError):
    """Another build is writing into the same index."""


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the index for writing; raise BuildRunningError when another process holds it.

    The lock is the operating system's and goes with the process: a killed build leaves none.
    """
    try:
        (index / "generations").mkdir(parents=True, exist_ok=True)
        handle = (index / "lock").open("w")
    except OSError as error:
        words = f"索引文件夹 {index} 不能写入（{cause(error)}）。请修改权限，或用 --index 换一个文件夹。"
        raise YoujuError(words) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BuildRunningError(f"另一个建索引的程序正在使用 {index}，请等它结束后再试。") from error
        yield


def current(index: Path) -> Path | None:
    """Return the folder of the current generation, None when there has been no build."""
    try:
        name = (index / POINTER).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IndexUnusableError(f"索引 {index} 读不出来（{cause(error)}）。{REMEDY}") from error
    except UnicodeDecodeError as error:
        raise IndexUnusableError(f"索引 {index} 已损坏。{REMEDY}") from error
    if not NAME.fullmatch(name) or not (index / "generations" / name).is_dir():
        raise IndexUnusableError(f"索引 {index} 已损坏：指向的版本不存在。{REMEDY}")
    return index / "generations" / name


def previous(index: Path) -> Path | None:
    """Return the generation that can be gone back to, None where there is none.

    That is the one before the current; after going back, the one that was left, so that going back
    twice changes nothing. Raises IndexUnusableError as ``current`` does.
    """
    serving = current(index)
    if serving is None:
        return None
    sealed = _sealed(index)
    marked = _pinned_name(index)
    if marked == serving.name:  # what lies beyond the one that was left, a dead build sealed
        return next((folder for folder in sealed if folder.name > serving.name), None)
    before = [folder for folder in sealed if folder.name < serving.name]
    # A build that followed on going back was made from the one gone back to, not from the one left.
    return next((folder for folder in before if folder.name == marked), before[-1] if before else None)


def pinned(index: Path) -> Path | None:
    """Return the current generation where somebody went back to it, None where a build made it so.

    What was gone back to stays until somebody asks for a build.
    """
    serving = current(index)
    return serving if serving is not None and serving.name == _pinned_name(index) else None


def unpin(index: Path) -> None:
    """Let the current generation be replaced without being asked; only under ``writing``."""
    (index / PIN).unlink(missing_ok=True)


def begin(index: Path) -> Path:
    """Make the folder of a new generation; only under ``writing``."""
    newest = max((number for number, _ in _generations(index)), default=0)
    folder = index / "generations" / f"{newest + 1:06d}-{uuid.uuid4().hex[:8]}"
    folder.mkdir(mode=0o700)
    return folder


def take_over(source: Path, target: Path) -> None:
    """Take a store of another generation over into a new folder.

    Files that nobody writes into again are shared, two names for the same bytes: they cost no disk.
    """
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir() or path.name.endswith(PASSING):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.name not in REWRITTEN:
            try:
                os.link(path, copy)
                continue
            except OSError:  # a file system that knows no second names
                pass
        shutil.copyfile(path, copy)


def seal(generation: Path) -> None:
    """Write down the digest of every file, so that a later reader can tell whether one has changed."""
    facts = {"format": FORMAT, "libraries": _libraries(), "files": _digests(generation)}
    (generation / SEAL).write_text(json.dumps(facts, indent=1), "utf-8")


def verify(generation: Path) -> None:
    """Raise IndexUnusableError unless the generation is whole, unchanged and of this version.

    Nothing that could crash on a damaged file is opened before this has passed.
    """
    try:
        facts = json.loads((generation / SEAL).read_text("utf-8"))
        known = facts["format"], facts["libraries"], facts["files"]
    except PermissionError as error:
        raise IndexUnusableError(
            f"没有权限读索引 {generation}。请用建索引的用户运行，或修改权限。"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusableError(f"索引不完整。{REMEDY}") from error
    if known[0] != FORMAT or known[1] != _libraries():
        raise IndexUnusableError(f"索引是另一个版本的程序建的。{REMEDY}")
    try:
        intact = known[2] == _digests(generation) and _sound(generation / "chroma" / "chroma.sqlite3")
    except OSError as error:
        raise IndexUnusableError(f"索引读不出来（{cause(error)}）。{REMEDY}") from error
    if not intact:
        raise IndexUnusableError(f"索引文件已损坏或被改动。{REMEDY}")


def intact(generation: Path, name: str) -> bool:
    """Tell whether one file of a generation holds what was sealed, in a form this version knows."""
    try:
        facts = json.loads((generation / SEAL).read_text("utf-8"))
        return bool(facts["format"] == FORMAT and facts["files"][name] == _digest(generation / name))
    except (OSError, ValueError, LookupError, TypeError):
        return False


def publish(index: Path, generation: Path) -> None:
    """Flush a sealed generation to the disk and make it the current one, in one step."""
    for folder, _, names in os.walk(generation):
        for name in names:
            _sync(Path(folder) / name)
        _sync(Path(folder))
    _sync(index / "generations")
    _write(index, POINTER, generation)


def go_back(index: Path, generation: Path) -> None:
    """Make the other generation kept the current one, in one step; only under ``writing``.

    An older one is pinned. The pin means nothing before the switch nor after another one, so that dying
    between the two leaves things as they were.
    """
    serving = current(index)
    if serving is not None and generation.name < serving.name:
        _write(index, PIN, generation)
    _write(index, POINTER, generation)


def sweep(index: Path) -> None:
    """Remove what dead builds left, and every generation but the current and the one to go back to.

    That one also stays for the processes that still read it. Only under ``writing``.
    """
    try:
        serving = current(index)
    except IndexUnusableError:  # a build is what mends it
        serving = None
    other = previous(index) if serving else next(reversed(_sealed(index)), None)
    for _, folder in _generations(index):
        if folder not in (serving, other):
            # The seal goes first: a sweep killed half way must not leave a folder that looks whole.
            (folder / SEAL).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
    if serving is None or serving.name != _pinned_name(index):
        unpin(index)
    for name in (POINTER, PIN):
        (index / f"{name}.new").unlink(missing_ok=True)


def _generations(index: Path) -> list[tuple[int, Path]]:
    return [
        (int(match[1]), folder)
        for folder in (index / "generations").iterdir()
        if (match := NAME.fullmatch(folder.name))
    ]


def _sealed(index: Path) -> list[Path]:
    return [folder for _, folder in sorted(_generations(index)) if (folder / SEAL).exists()]


def _pinned_name(index: Path) -> str:
    try:
        return (index / PIN).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write(index: Path, name: str, generation: Path) -> None:
    """Let a file name a generation, on the disk before it counts."""
    pointer = index / f"{name}.new"
    pointer.write_text(generation.name + "\n", "utf-8")
    _sync(pointer)
    pointer.replace(index / name)
    _sync(index)


def _libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}


def _digests(generation: Path) -> dict[str, str]:
    digests = {}
    for path in sorted(generation.rglob("*")):
        name = path.relative_to(generation).as_posix()
        if path.is_dir() or name == SEAL or name.endswith(PASSING):
            continue
        if path.name in REWRITTEN:
            digests[name] = ""
            continue
        digests[name] = _digest(path)
    return digests


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sound(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
