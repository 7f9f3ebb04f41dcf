"""An open database: transactions for reading and for writing, and its errors in plain words."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError

from bot.state.errors import StateError
from bot.state.migrations import prepare
from bot.state.tables import SCHEMA
from index.errors import cause

_PATIENCE = 30_000  # milliseconds a transaction waits for another process to end its own
_READS = "youju_reads"
# How SQLite's name for what is wrong begins: what it means, and what to do.
_TROUBLES = (
    ("SQLITE_FULL", "写不进去：磁盘已满", "请清理磁盘空间后再试"),
    ("SQLITE_READONLY", "只能读、不能写", "请检查这个文件和它所在文件夹的权限"),
    ("SQLITE_CANTOPEN", "打不开", "请检查路径，以及这个文件和它所在文件夹的权限"),
    ("SQLITE_PERM", "没有权限读写", "请检查这个文件和它所在文件夹的权限"),
    ("SQLITE_BUSY", "一直被别的程序占用", "请关掉占用它的程序（例如正在修改它的数据库工具）后再试"),
    ("SQLITE_LOCKED", "一直被别的程序占用", "请关掉占用它的程序（例如正在修改它的数据库工具）后再试"),
    ("SQLITE_IOERR", "读写出错", "请检查磁盘是否完好、是否已满"),
    *(
        (
            name,
            "已经损坏，或者不是数据库",
            "请停止服务，用备份的文件替换它；没有备份时把它移走，程序会新建一个空的",
        )
        for name in ("SQLITE_NOTADB", "SQLITE_CORRUPT")
    ),
)


class Database:
    """A database and its tables. Safe from many threads and several processes.

    ``url`` is SQLAlchemy's, or the path of an SQLite file. Raises StateError where it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.name, self.engine = _engine(url)
        # SQLite lets a waiting writer look again from time to time, and another may be faster each time:
        # the threads of a process queue up instead.
        self._turn = threading.Lock()
        try:
            with self._told(), self.engine.begin() as connection:
                prepare(connection, self.name)
        except StateError:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction: what others write meanwhile is not seen. Raises StateError."""
        with self._told(), self.engine.connect().execution_options(**{_READS: True}) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction, kept when the block has ended, one writer at a time. Raises
        StateError.
        """
        with self._told(), self._turn, self.engine.begin() as connection:
            # SQLite has a single writer anyway; elsewhere this row is what writers wait for.
            connection.execute(select(SCHEMA.c.version).with_for_update())
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StateError(_told(self.name, error)) from error
        except TimeoutError as error:
            msg = f"状态数据库 {self.name} 太忙，排队超时：请稍后再试。"
            raise StateError(msg) from error


def _told(name: str, error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlite_errorname", "")
    for beginning, trouble, remedy in _TROUBLES:
        if code.startswith(beginning):
            return f"状态数据库 {name} {trouble}。{remedy}。"
    # The library's own words can quote what was to be stored; their first line does not.
    words = (str(error.orig).splitlines() or [""])[0]
    return f"状态数据库 {name} 出错（{words}）。请检查数据库服务和 YOUJU_DATABASE 的设置。"


def _engine(text: str) -> tuple[str, Engine]:
    """Return the database's name for messages, and its engine."""
    try:
        url = make_url(text) if "://" in text else URL.create("sqlite", database=text)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        name = url.render_as_string(hide_password=True)
        return name, create_engine(url, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError):
        msg = "YOUJU_DATABASE 写得不对：应是一个文件的路径，或形如 postgresql://用户:密码@主机/库名 的地址。"
        raise StateError(msg) from None
    except ModuleNotFoundError as error:
        msg = f"连接这种数据库要用的 Python 库 {error.name} 没有安装：请先运行 pip install {error.name}。"
        raise StateError(msg) from None


def _sqlite(url: URL) -> tuple[str, Engine]:
    if url.database in (None, "", ":memory:"):
        msg = "状态数据库要存成文件，重启后才还在：请在 YOUJU_DATABASE 中写上文件的路径。"
        raise StateError(msg)
    path = Path(str(url.database)).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # questions and accounts are nobody else's business on this machine
    except OSError as error:
        msg = f"状态数据库 {path} 打不开（{cause(error)}）。请检查路径，以及文件和文件夹的权限。"
        raise StateError(msg) from error
    engine = create_engine(url.set(database=str(path)))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return str(path), engine


def _set_up(connection: Any, _: object) -> None:  # noqa: ANN401 - sqlite3's, through SQLAlchemy
    connection.isolation_level = None  # transactions begin where _begin says, not where Python guesses
    for setting in (
        f"busy_timeout = {_PATIENCE}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what was acknowledged outlives a power cut too
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: Connection) -> None:
    # A transaction that may write takes the lock at once: one that reads first could not get it any more
    # after another had written.
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
