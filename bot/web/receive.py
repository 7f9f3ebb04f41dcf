"""Files sent by a browser, taken in as they come: never whole in memory, and nothing of one broken off."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from bot.filename import spelt
from bot.library import Library
from bot.staging import Incoming, NotStagedError, Staged, TooLargeError, UploadError
from index.errors import YoujuError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks  # there for type checkers alone

MOST = 50  # files at once
BROKEN = "上传中断或内容不完整，什么也没有收下。请重新上传。"


@dataclass
class Received:
    """What one request brought: the files that wait now, and a sentence on each that was not taken."""

    staged: list[Staged] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    too_large: bool = False


async def receive(request: Request, library: Library, replaces: str = "") -> Received:
    """Take in the files of a form (multipart/form-data), meant to replace that source where one is given.

    Raises UploadError when the form is no form, or ended before it was whole; nothing of it waits then.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UploadError("没有收到文件：请在页面上选好文件再上传。")
    form = _Form(library, replaces)
    try:
        parser = MultipartParser(options[b"boundary"], form.callbacks())
        async for piece in request.stream():
            await run_in_threadpool(parser.write, piece)
        if not form.whole:
            raise UploadError(BROKEN)
    except (FormParserError, ClientDisconnect) as error:
        await run_in_threadpool(form.undo)
        raise UploadError(BROKEN) from error
    except BaseException:
        form.undo()
        raise
    return form.received


class _Form:
    """The form so far, told of its parts by the parser."""

    def __init__(self, library: Library, replaces: str) -> None:
        self.received = Received()
        self.whole = False
        self._library = library
        self._replaces = replaces
        self._files = 0
        self._open = ExitStack()  # what is being received, which leaves nothing where it is not finished
        self._incoming: Incoming | None = None
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = bytearray(), bytearray()

    def callbacks(self) -> "MultipartCallbacks":
        """Return what the parser calls."""
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_headers_finished": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._done,
        }

    def undo(self) -> None:
        """Let nothing stay of what was received."""
        self._open.close()
        for staged in self.received.staged:
            with suppress(NotStagedError):
                self._library.staging.discard(staged.id)

    def _header(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _begin(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"filename")
        if not name:  # another field, or no file chosen
            return
        self._files += 1
        with self._refusing():
            if self._files > MOST:
                raise UploadError(f"“{spelt(name)}”没有收下：一次最多上传 {MOST} 个文件，请分几次上传。")
            self._incoming = self._open.enter_context(self._library.receive(spelt(name), self._replaces))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._incoming is not None:
            with self._refusing():
                self._incoming.write(data[start:end])

    def _end(self) -> None:
        if self._incoming is not None:
            with self._refusing():
                self.received.staged.append(self._incoming.finish())
        self._open.close()
        self._incoming = None

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Note why a file is not taken, and go on with the next."""
        try:
            yield
        except YoujuError as error:
            self.received.problems.append(str(error))
            self.received.too_large |= isinstance(error, TooLargeError)
            self._open.close()
            self._incoming = None

    def _done(self) -> None:
        self.whole = True
