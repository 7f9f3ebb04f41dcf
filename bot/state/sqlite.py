"""How an SQLite file is opened so that many threads and processes can write it and nothing is lost."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from bot.state.errors import StateError
from index.errors import cause

PATIENCE = 30  # seconds a transaction waits for others to end
_PAUSE = 0.01  # seconds before the switch to a log is tried again
READS = "youju_reads"  # execution option of connections that do not write

# How SQLite's name for what is wrong begins: what it means, and what to do.
_BUSY = ("一直被别的程序占用", "请关掉占用它的程序（例如正在修改它的数据库工具）后再试")
_BROKEN = (
    "已经损坏，或者不是数据库",
    "请停止服务，用备份的文件替换它；没有备份时把它移走，程序会新建一个空的",
)
_FORBIDDEN = ("不能写", "请检查这个文件和它所在文件夹的权限")
_TROUBLES = {
    "SQLITE_FULL": ("写不进去：磁盘已满", "请清理磁盘空间后再试"),
    "SQLITE_READONLY": _FORBIDDEN,
    "SQLITE_PERM": _FORBIDDEN,
    "SQLITE_CANTOPEN": ("打不开", "请检查路径，以及这个文件和它所在文件夹的权限"),
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_IOERR": ("读写出错", "请检查磁盘是否完好、是否已满"),
    "SQLITE_NOTADB": _BROKEN,
    "SQLITE_CORRUPT": _BROKEN,
}


def open_file(url: URL) -> tuple[Path, Engine]:
    """Return the path and the engine of an SQLite file, made with its folder where there is none.

    Raises StateError where the address names no file or it cannot be made.
    """
    if url.database in (None, "", ":memory:"):
        msg = "状态数据库要存成文件，重启后才还在：请在 YOUJU_DATABASE 中写上文件的路径。"
        raise StateError(msg)
    path = Path(str(url.database)).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Nobody else's business on this machine. One that is there is not opened: closing it again would
        # take away the locks that this process holds on it.
        path.touch(mode=0o600)
    except OSError as error:
        msg = f"状态数据库 {path} 打不开（{cause(error)}）。请检查路径，以及文件和文件夹的权限。"
        raise StateError(msg) from error
    engine = create_engine(url.set(database=str(path)))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return path, engine


def trouble(error: BaseException | None) -> tuple[str, str] | None:
    """Return what an error of SQLite means and what to do; None where it is none of the usual ones."""
    code = getattr(error, "sqlite_errorname", "")  # such as SQLITE_IOERR_WRITE
    return next((words for name, words in _TROUBLES.items() if code.startswith(name)), None)


def _set_up(connection: Any, _: object) -> None:  # noqa: ANN401 - sqlite3's, through SQLAlchemy
    connection.isolation_level = None  # transactions begin where _begin says, not where Python guesses
    for setting in (
        f"busy_timeout = {PATIENCE * 1000}",
        "synchronous = FULL",  # what was acknowledged outlives a power cut too
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {setting}").close()
    _log_ahead(connection)


def _log_ahead(connection: Any) -> None:  # noqa: ANN401 - as above
    """Have the file keep a log of what is written. The switch is the one thing SQLite does not wait for,
    whatever its busy_timeout: two that open a new file at once would get in each other's way.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _begin(connection: Connection) -> None:
    # A transaction that may write takes the lock at once: one that reads first could not get it any more
    # after another had written.
    reads = connection.get_execution_options().get(READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
