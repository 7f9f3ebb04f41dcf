"""A site's documents as its operators keep them: sent, looked at, published, taken out, rolled back."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from bot.folder import Folder, FolderError, Kept
from bot.rebuild import Rebuilder, Work
from bot.serving import Base, Serving
from bot.shelf import Held, shelf
from bot.staging import Incoming, Staged, Staging, UploadError
from index import generation as generations
from index.document import Document
from index.errors import YoujuError
from index.intake import digest_of
from index.rollback import Difference, difference, made

PIECE = 1024 * 1024  # bytes read of a file at once


@dataclass(frozen=True, slots=True)
class Published:
    """What came of publishing: the sources that are in the folder now, and why others are not."""

    sources: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing a file would come to: the sources it would take the place of, which are kept, and the
    one that holds the same bytes and would stay, "" where there is none.
    """

    staged: Staged
    replaced: tuple[str, ...]
    twin: str


class Library:
    """The documents folder of a site. Safe to use from many threads of one process.

    ``home`` is a folder outside the documents for what waits and what went out; ``swapped`` is told the
    documents of each index that comes to serve.
    """

    def __init__(
        self,
        folder: Path,
        index: Path,
        home: Path,
        serving: Serving,
        model: str | None = None,
        swapped: Callable[[Iterable[Document]], None] = lambda _: None,
    ) -> None:
        self.staging = Staging(home / "staging")
        self._folder = Folder(folder, home / "kept")
        self._index = index
        self._serving = serving
        self._rebuilder = Rebuilder(folder, index, model, serving, swapped)

    @property
    def work(self) -> Work:
        """The rebuild that runs, or else the last one."""
        return self._rebuilder.work

    def held(self) -> tuple[Held, ...]:
        """Return every file of the folder and of the index that serves, in order of source."""
        files = self._folder.files()
        with self._serving.base() as base:
            return shelf(files, base, self._made(base))

    def made(self) -> datetime | None:
        """Return when the index that serves was made (UTC), None where that is not known any more."""
        with self._serving.base() as base:
            return self._made(base)

    @contextmanager
    def receive(self, name: str, replaces: str = "") -> Iterator[Incoming]:
        """Receive a file piece by piece, meant to replace that source where one is given.

        Raises NameRefusedError, UploadError, or FolderError where there is no such source.
        """
        if replaces and replaces not in self._folder.files():
            raise FolderError(f"文件夹里没有“{replaces}”，不能替换。请刷新页面。")
        into = PurePosixPath(replaces).parent.as_posix() if replaces else "."
        with self.staging.receive(name, "" if into == "." else into, replaces) as incoming:
            yield incoming

    def effects(self, chosen: Sequence[Staged]) -> tuple[Effect, ...]:
        """Tell what publishing each of these files would come to."""
        files = self._folder.files()
        composed = {normalize("NFC", source): source for source in files}
        with self._serving.base() as base:
            holders = {report.sha256: report.source for report in base.reports if report.indexed}
        effects = []
        for staged in chosen:
            same = composed.get(normalize("NFC", staged.source))
            replaced = tuple(sorted(filter(None, {same, staged.replaces} & files.keys())))
            twin = holders.get(staged.report.sha256, "")
            effects.append(Effect(staged, replaced, "" if twin in (staged.source, *replaced) else twin))
        return tuple(effects)

    def publish(self, identities: Sequence[str]) -> Published:
        """Put files that wait into the folder and rebuild in the background.

        Raises NotStagedError or BusyError; then none is put.
        """
        chosen = [self.staging.get(identity) for identity in identities]
        done: list[str] = []
        problems: list[str] = []

        def put() -> bool:
            for staged in chosen:
                try:
                    self._put(staged)
                except (FolderError, UploadError) as error:
                    problems.append(str(error))
                else:
                    done.append(staged.source)
            return bool(done)

        self._rebuilder.after(put)
        return Published(tuple(done), tuple(problems))

    def remove(self, source: str) -> None:
        """Take a file out of the folder, keeping it, and rebuild. Raises FolderError or BusyError."""

        def take_out() -> bool:
            files = self._folder.files()
            with self._serving.base() as base:
                left_out = {report.source for report in base.reports if not report.indexed}
            if source in files and not files.keys() - left_out - {source}:
                raise FolderError(f"“{source}”是最后一份能读的文件，没有移除。请先放入别的文件。")
            self._folder.take_out(source)
            return True

        self._rebuilder.after(take_out)

    def kept(self) -> tuple[Kept, ...]:
        """Return the files that were replaced or taken out, the latest first."""
        return self._folder.kept()

    def restore(self, identity: str) -> Staged:
        """Let a file that was kept wait to be published where it was. Raises FolderError or UploadError."""
        kept, path = self._folder.kept_file(identity)
        into = PurePosixPath(kept.source).parent.as_posix()
        with (
            self.staging.receive(path.name, "" if into == "." else into) as incoming,
            path.open("rb") as file,
        ):
            while piece := file.read(PIECE):
                incoming.write(piece)
            return incoming.finish()

    def rebuild(self) -> None:
        """Bring the index up to date with the folder in the background. Raises BusyError."""
        self._rebuilder.after(lambda: True)

    def former(self) -> datetime | None:
        """Return when the generation was made that can be rolled back to (UTC), None where there is none."""
        try:
            generation = generations.previous(self._index)
            return made(generation) if generation else None
        except (YoujuError, OSError):  # swept away meanwhile
            return None

    def difference(self) -> Difference:
        """Tell what rolling back would change. Raises RollBackError."""
        return difference(self._index)

    def roll_back(self) -> None:
        """Serve the generation before, now. Raises BusyError or YoujuError; what serves stays then."""
        self._rebuilder.roll_back()

    def rolled_back(self) -> bool:
        """Tell whether the index is one that was gone back to, which stays until a rebuild is asked for."""
        try:
            return generations.pinned(self._index) is not None
        except YoujuError:
            return False

    def _put(self, staged: Staged) -> None:
        path = self.staging.path(staged)
        if not hmac.compare_digest(digest_of(path), staged.report.sha256):
            raise UploadError(f"“{staged.name}”没有发布：文件和上传时不一样了。请放弃它，重新上传。")
        self._folder.put(path, staged.source, staged.replaces)
        self.staging.discard(staged.id)

    def _made(self, base: Base) -> datetime | None:
        try:
            return made(self._index / "generations" / base.generation)
        except OSError:  # swept away by a build of another process
            return None
