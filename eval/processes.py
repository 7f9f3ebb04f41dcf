"""The commands a user types, run as processes of their own and measured from outside."""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO

from index.errors import YoujuError

PROJECT = Path(__file__).resolve().parents[1]
_PATIENCE = 120  # seconds the page may take to start
# Of the user's settings only those that say what answers; who may ask and where that is kept is the bench's.
_KEPT_SETTINGS = ("YOUJU_EMBEDDING_MODEL", "YOUJU_RERANKER")
_GLANCE = 0.05  # seconds between two looks at how much memory a process has had
_STARTED = re.compile(r"有据已启动：(http://\S+)\s*")


class BenchError(YoujuError):
    """Nothing could be measured: a folder is missing or a command failed; the message says which."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process and its children took: seconds of wall time, seconds of processor time, peak
    resident bytes of the largest, and what it printed.
    """

    seconds: float
    processor: float
    memory: int
    output: str


@dataclass
class Service:
    """The page as it is served at ``address``. ``start`` is the seconds until it could be opened; ``spent``
    is known once it has ended.
    """

    address: str
    start: float
    spent: Spent | None = None


def timed(module: str, *arguments: str) -> Spent:
    """Run ``python -m module arguments`` and return what it took. Raises BenchError when it fails."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = perf_counter()
        process = _begin(module, arguments, output, errors)
        with _watched(process.pid) as peak:
            processor = _end(process)
        seconds = perf_counter() - started
        if process.returncode:
            raise _failure(module, arguments, errors)
        output.seek(0)
        return Spent(seconds, processor, peak(), output.read().decode())


@contextmanager
def served(places: Sequence[str], home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Serve the page on a free port for as long as the block runs, its state kept in ``home``.

    Raises BenchError when it does not start.
    """
    arguments = ("web", *places, "--port", "0")
    with tempfile.TemporaryFile() as errors:
        started = perf_counter()
        process = _begin(
            "bot", arguments, subprocess.PIPE, errors, {"YOUJU_HOME": str(home), **(settings or {})}
        )
        try:
            address = _address(process)
            if not address:
                raise _failure("bot", arguments, errors)
            service = Service(address, perf_counter() - started)
            with _watched(process.pid) as peak:
                yield service
        finally:
            process.kill()  # what it holds was kept already, and a page that will not end must not hold us
            processor = _end(process)
        service.spent = Spent(perf_counter() - started, processor, peak(), "")


def _begin(
    module: str,
    arguments: Sequence[str],
    output: int | IO[bytes],
    errors: IO[bytes],
    settings: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("YOUJU_") or name in _KEPT_SETTINGS
    }
    return subprocess.Popen(  # noqa: S603 - our own commands, no shell
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env={**environment, **(settings or {})},
        stdout=output,
        stderr=errors,
    )


def _end(process: subprocess.Popen[bytes]) -> float:
    """Wait for the end; return processor seconds, 0 if it was waited for already."""
    if process.stdout:
        process.stdout.close()
    if process.returncode is not None:
        return 0.0
    # wait4 gives the time of this very child, which getrusage(RUSAGE_CHILDREN) would mix up.
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def _watched(process: int) -> Iterator[Callable[[], int]]:
    """Watch a process while the block runs; give what tells the peak of resident bytes it or a child has had.

    What the system tells of an ended child (``ru_maxrss``) will not do: it counts from before the child runs
    its own program, and then the memory is ours.
    """
    peaks = [0]
    ended = threading.Event()

    def watch() -> None:
        while True:
            peaks.extend(most_resident(one) for one in (process, *_children(process)))
            if ended.wait(_GLANCE):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda: max(peaks)
    finally:
        ended.set()
        watcher.join()


def most_resident(process: int | str) -> int:
    """Return the most bytes a process (its number, or ``self``) has had in memory since its program began,
    0 where the system does not tell.
    """
    try:
        told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("utf-8"))
    except OSError:  # it has ended, or this is no Linux
        return 0
    return int(told[1]) * 1024 if told else 0


def _children(process: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()]
    except OSError:
        return []


def _address(process: subprocess.Popen[bytes]) -> str:
    """Return where the page says that it is, empty where it ended or took too long."""
    giving_up = threading.Timer(_PATIENCE, process.kill)
    giving_up.start()
    try:
        for line in process.stdout or ():
            if said := _STARTED.fullmatch(line.decode()):
                return said[1]
    finally:
        giving_up.cancel()
    return ""


def _failure(module: str, arguments: Sequence[str], errors: IO[bytes]) -> BenchError:
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip()[-2000:]
    return BenchError(f"命令 python -m {module} {' '.join(arguments)} 没有成功：\n{said}")
