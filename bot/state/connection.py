"""An open database: transactions for reading and for writing, and its errors in plain words."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, func, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError

from bot.state.errors import StateError
from bot.state.migrations import prepare
from bot.state.sqlite import PATIENCE, READS, open_file, trouble
from bot.state.tables import SCHEMA

_BUSY = "状态数据库 {} 太忙，排队超时：请稍后再试。"
_INSTALL = {"psycopg": "psycopg[binary]"}  # module -> what to install, where it is not its name


class Database:
    """A database and its tables. Safe from many threads and several processes.

    ``url`` is SQLAlchemy's, or the path of an SQLite file. Raises StateError where it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.name, self.engine = _opened(url)
        self._turn = threading.Lock()
        try:
            with self._told(), self.engine.begin() as connection:
                prepare(connection, self.name)
        except StateError:
            self.close()
            raise
        self._file = _identity(self.name)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction: what others write meanwhile is not seen. Raises StateError."""
        with self._told(), self.engine.connect().execution_options(**{READS: True}) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction, kept when the block has ended; one at a time. Raises StateError."""
        # Threads queue here, before they hold a connection: SQLite lets in whoever asks again at the right
        # moment, and of 60 at once the last one waited three times as long, and readers a second.
        if not self._turn.acquire(timeout=PATIENCE):
            raise StateError(_BUSY.format(self.name))
        try:
            with self._told(), self.engine.begin() as connection:
                # SQLite has a single writer anyway; elsewhere this row is what processes wait for.
                connection.execute(select(SCHEMA.c.version).with_for_update())
                yield connection
        finally:
            self._turn.release()

    def check(self) -> None:
        """Raise StateError where the database cannot be written, or its file is no longer the one opened:
        what is written then ends with the process.
        """
        if _identity(self.name) != self._file:
            msg = f"状态数据库 {self.name} 在运行中被移走或替换了：请重新启动服务。"
            raise StateError(msg)
        with self.writing() as connection:
            connection.execute(update(SCHEMA).values(checked=func.current_timestamp()))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StateError(_words(self.name, error)) from error
        except TimeoutError as error:
            raise StateError(_BUSY.format(self.name)) from error


def _words(name: str, error: DBAPIError) -> str:
    if known := trouble(error.orig):
        return f"状态数据库 {name} {known[0]}。{known[1]}。"
    # The first line of a library's words says what is wrong; those after may quote what was to be stored.
    words = (str(error.orig).splitlines() or [""])[0]
    return f"状态数据库 {name} 出错（{words}）。请检查数据库服务和 YOUJU_DATABASE 的设置。"


def _opened(text: str) -> tuple[str, Engine]:
    """Return a database's name for messages, of a file its path, and its engine."""
    try:
        url = make_url(text) if "://" in text else URL.create("sqlite", database=text)
        if url.get_backend_name() == "sqlite":
            path, engine = open_file(url)
            return str(path), engine
        return url.render_as_string(hide_password=True), create_engine(url, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError):
        msg = "YOUJU_DATABASE 写得不对：应是一个文件的路径，或形如 postgresql://用户:密码@主机/库名 的地址。"
        raise StateError(msg) from None
    except ImportError as error:
        library = _INSTALL.get(error.name or "", error.name)
        msg = f'连接这种数据库要用的 Python 库没有装好：请先运行 pip install "{library}"。'
        raise StateError(msg) from None


def _identity(name: str) -> tuple[int, int] | None:
    """Return which file stands at a path now; None where none does, or where the name is no path."""
    try:
        found = Path(name).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
