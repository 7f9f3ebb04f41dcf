"""Files sent by an operator, kept aside with what a build would make of them until they are published.

Each has a folder of its own. One that is still being received is called ``….part`` until it is whole and
previewed: what a broken connection or a crash leaves counts for nothing and is swept away.
"""

import json
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from bot.filename import safe_name
from index.errors import YoujuError, cause
from index.load import LARGEST
from index.preview import Preview, preview
from index.report import FileReport

MOST = 200  # files that may wait at once
FACTS, PREVIEW, CONTENT = "staged.json", "preview.json", "content"
ID = re.compile(r"[0-9a-f]{16}")


class UploadError(YoujuError):
    """A file that was sent is not taken; the message names it and says why. Nothing has changed."""


class TooLargeError(UploadError):
    """A file that was sent is larger than any document."""


class NotStagedError(YoujuError):
    """No file of that number waits: it has been published or discarded."""

    def __init__(self) -> None:
        super().__init__("这个待发布的文件已经不在了，可能已经发布或放弃。请刷新页面。")


@dataclass(frozen=True, slots=True)
class Staged:
    """One file that waits to be published.

    ``into`` is the folder inside the documents folder where it goes, "" for the top; ``replaces`` is
    the source it is meant to replace, "" where it is meant for none. ``size`` counts bytes, ``at`` is UTC.
    ``report`` and ``titles`` are what a build would make of it.
    """

    id: str
    name: str
    into: str
    replaces: str
    size: int
    at: datetime
    report: FileReport
    titles: tuple[str, ...]

    @property
    def source(self) -> str:
        """What it will be called in the index."""
        return (PurePosixPath(self.into) / self.name).as_posix()

    def to_json(self) -> str:
        """Write it as one JSON object."""
        facts = {**asdict(self), "at": self.at.isoformat(), "report": self.report.to_json()}
        return json.dumps(facts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Staged":
        """Read what ``to_json`` wrote."""
        facts = json.loads(text)
        facts["at"] = datetime.fromisoformat(facts["at"])
        facts["report"] = FileReport.from_json(facts["report"])
        facts["titles"] = tuple(facts["titles"])
        return cls(**facts)


class Staging:
    """The files that wait, in a folder of their own. Safe to use from many threads of one process."""

    def __init__(self, folder: Path) -> None:
        """Open the folder and sweep away what was not received whole. Raises UploadError."""
        self._folder = folder
        self._taking = threading.Lock()
        self._previewing = threading.Lock()  # one at a time: those who ask need the processor too
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UploadError(f"上传的文件没有地方放：{folder}（{cause(error)}）。请修改权限。") from error
        for path in folder.iterdir():
            if not ID.fullmatch(path.name):
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def receive(self, sent_name: str, into: str = "", replaces: str = "") -> Iterator["Incoming"]:
        """Receive a file piece by piece; where the block is left before ``finish``, nothing stays.

        Raises NameRefusedError, or UploadError when too many files wait.
        """
        name = safe_name(sent_name)
        if len(self.all()) >= MOST:
            raise UploadError(f"“{name}”没有收下：已有 {MOST} 个文件等待发布，请先发布或放弃一些。")
        folder = self._folder / f"{secrets.token_hex(8)}.part"
        try:
            with naming(name):
                (folder / CONTENT).mkdir(parents=True, mode=0o700)
                file = (folder / CONTENT / name).open("xb")
            with file:
                yield Incoming(self, folder, file, name, into, replaces)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def take(self, incoming: "Incoming") -> Staged:
        """Let a file that was received whole wait.

        Raises UploadError where a build could not read it, or another waits for its place.
        """
        path = incoming.folder / CONTENT / incoming.name
        with self._previewing:
            seen = preview(path, path.parent)
        if not seen.report.indexed:
            raise UploadError(seen.report.reason)
        staged = Staged(
            id=incoming.folder.name.removesuffix(".part"),
            name=incoming.name,
            into=incoming.into,
            replaces=incoming.replaces,
            size=path.stat().st_size,
            at=datetime.now(UTC),
            report=seen.report,
            titles=tuple(document.title for document in seen.documents),
        )
        (incoming.folder / PREVIEW).write_text(seen.to_json(), "utf-8")
        (incoming.folder / FACTS).write_text(staged.to_json(), "utf-8")
        with self._taking:
            if any(other.source == staged.source for other in self.all()):
                raise UploadError(
                    f"“{staged.name}”没有收下：已有同名的文件等待发布。请先发布或放弃那一个，或改名后再上传。"
                )
            incoming.folder.rename(self._folder / staged.id)
        return staged

    def all(self) -> tuple[Staged, ...]:
        """Return the files that wait, as they came."""
        found = []
        for path in self._folder.iterdir():
            if ID.fullmatch(path.name):
                try:
                    found.append(Staged.from_json((path / FACTS).read_text("utf-8")))
                except FileNotFoundError:  # published or discarded in the meantime
                    continue
        return tuple(sorted(found, key=lambda staged: (staged.at, staged.id)))

    def get(self, identity: str) -> Staged:
        """Return one that waits; raise NotStagedError."""
        return Staged.from_json(self._read(identity, FACTS))

    def preview(self, identity: str) -> Preview:
        """Return what a build would make of one that waits; raise NotStagedError."""
        return Preview.from_json(self._read(identity, PREVIEW))

    def path(self, staged: Staged) -> Path:
        """Return where the bytes of one that waits are."""
        return self._folder / staged.id / CONTENT / staged.name

    def discard(self, identity: str) -> None:
        """Let one wait no longer; raise NotStagedError."""
        folder = self._folder / self.get(identity).id
        # Renamed first: half a folder must not look like one that waits.
        folder.rename(self._folder / f"{folder.name}.part")
        shutil.rmtree(self._folder / f"{folder.name}.part", ignore_errors=True)

    def _read(self, identity: str, name: str) -> str:
        if not ID.fullmatch(identity):  # it comes from outside
            raise NotStagedError
        try:
            return (self._folder / identity / name).read_text("utf-8")
        except FileNotFoundError:
            raise NotStagedError from None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file while it is received, in a folder that counts for nothing yet."""

    staging: Staging
    folder: Path
    file: BinaryIO
    name: str
    into: str
    replaces: str

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises UploadError when they are too many or the disk takes no more."""
        if self.file.tell() + len(data) > LARGEST:
            megabytes = LARGEST // 1024 // 1024
            raise TooLargeError(f"“{self.name}”超过 {megabytes} MB，太大了，没有收下。请拆分后再上传。")
        with naming(self.name):
            self.file.write(data)

    def finish(self) -> Staged:
        """Preview the file, which may take minutes, and let it wait. Raises UploadError."""
        with naming(self.name):
            self.file.close()
            return self.staging.take(self)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Say of which file it is that the disk complains."""
    try:
        yield
    except OSError as error:
        raise UploadError(f"“{name}”没有收下（{cause(error)}）。请检查服务器的磁盘和权限后重试。") from error
