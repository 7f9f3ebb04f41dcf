"""The documents folder on the disk: files put in and taken out, each in one step, and nothing lost.

What is replaced or taken out is kept in another folder, under the moment it went.
"""

import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.errors import YoujuError, cause
from index.load import source_of

PART = ".youju-{}.part"  # hidden, so that no build reads half a file
PARTS = re.compile(r"\.youju-[0-9a-f]{16}\.part")
MOMENT = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


class FolderError(YoujuError):
    """A file cannot be put into the folder or taken out; the folder is as it was."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was replaced or taken out: where it was, its size in bytes, when it went (UTC)."""

    id: str
    source: str
    size: int
    at: datetime


class Folder:
    """A documents folder, and the folder that keeps what went out of it. One process changes it at a time."""

    def __init__(self, root: Path, kept: Path) -> None:
        """Open the folder and sweep away the half files that a crash left."""
        self.root = root
        self._kept = kept
        for path in _files(root):
            if PARTS.fullmatch(path.name):
                path.unlink(missing_ok=True)
        for path in kept.glob("*.part"):
            shutil.rmtree(path, ignore_errors=True)

    def files(self) -> dict[str, Path]:
        """Return the files that are not hidden, by source; of two that look alike neither."""
        found: dict[str, list[Path]] = {}
        for path in _files(self.root):
            if not path.name.startswith((".", "~$")):
                found.setdefault(source_of(path, self.root), []).append(path)
        return {source: paths[0] for source, paths in found.items() if len(paths) == 1}

    def put(self, file: Path, source: str, replaces: str = "") -> None:
        """Put a copy of a file where ``source`` says. What was there, and what it ``replaces``, is kept.

        The name holds the old words or the new ones at any moment. Raises FolderError.
        """
        there = self.files()
        if replaces and replaces not in there:
            raise FolderError(f"要替换的“{replaces}”已经不在了。请放弃这个文件，重新上传。")
        target = there.get(source) or _alike(source, there) or self._place(source)
        part = target.parent / PART.format(secrets.token_hex(8))
        with _telling(source):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                _copy(file, part)
                for path in {target, there.get(replaces, target)}:
                    if path.exists():
                        self._keep(path)
                part.replace(target)
                _sync(target.parent)
            finally:
                part.unlink(missing_ok=True)
            if replaces and there[replaces] != target:
                there[replaces].unlink()
                _sync(there[replaces].parent)

    def take_out(self, source: str) -> None:
        """Take a file out; it is kept. Raises FolderError."""
        path = self.files().get(source)
        if path is None:
            raise FolderError(
                f"文件夹里没有“{source}”，可能已经移除，或有两个文件显示的名称一样。请刷新页面。"
            )
        with _telling(source):
            self._keep(path)
            path.unlink()
            _sync(path.parent)

    def kept(self) -> tuple[Kept, ...]:
        """Return what went out, the latest first."""
        moments = self._kept.iterdir() if self._kept.is_dir() else ()
        found = [
            Kept(moment.name, source_of(path, moment), path.stat().st_size, _moment(moment.name))
            for moment in moments
            if MOMENT.fullmatch(moment.name)
            for path in _files(moment)
        ]
        return tuple(sorted(found, key=lambda kept: kept.id, reverse=True))

    def kept_file(self, identity: str) -> tuple[Kept, Path]:
        """Return one that went out and where its bytes are; raise FolderError."""
        kept = next((kept for kept in self.kept() if kept.id == identity), None)
        if kept is None:
            raise FolderError("没有这份保留的旧文件。请刷新页面。")
        return kept, next(_files(self._kept / kept.id))

    def _place(self, source: str) -> Path:
        """Return where a new file goes; raise FolderError where that would be outside or is taken."""
        target = self.root / source
        if not target.parent.resolve().is_relative_to(self.root.resolve()):
            raise FolderError(f"“{source}”不在资料文件夹里，没有放入。")
        if target.is_dir() or os.path.lexists(target):
            raise FolderError(f"“{source}”没有放入：已有同名的文件夹或链接。请改名后再上传。")
        return target

    def _keep(self, path: Path) -> None:
        """Keep a copy, whole on the disk before what is kept goes."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        part = self._kept / f"{name}.part"
        copy = part / path.relative_to(self.root)
        copy.parent.mkdir(parents=True, mode=0o700)
        _copy(path, copy)
        _sync(copy.parent)
        part.rename(self._kept / name)
        _sync(self._kept)


def _alike(source: str, files: dict[str, Path]) -> Path | None:
    """Return the file whose name looks the same but is written with other characters (NFC or NFD)."""
    wanted = unicodedata.normalize("NFC", source)
    return next((path for name, path in files.items() if unicodedata.normalize("NFC", name) == wanted), None)


def _moment(name: str) -> datetime:
    return datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)


@contextmanager
def _telling(source: str) -> Iterator[None]:
    """Say of which file it is that the disk complains."""
    try:
        yield
    except OSError as error:
        raise FolderError(
            f"“{source}”没有处理完（{cause(error)}）。请检查服务器的磁盘和权限后重试。"
        ) from error


def _files(root: Path) -> Iterator[Path]:
    """Yield every file below a folder, those in hidden folders left out, links not followed."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names))


def _copy(file: Path, copy: Path) -> None:
    shutil.copyfile(file, copy)
    _sync(copy)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
