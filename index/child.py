"""Processes of our own modules: apart from the one that serves, and gone when it goes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def started(
    module: str, *arguments: str | Path, stdout: int | IO[bytes], stderr: int | IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start ``python -m module``; it is killed where the block is left before it has ended."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", module, *map(str, arguments)],
        stdin=subprocess.PIPE,  # closed by the system when this process dies, whatever kills it
        stdout=stdout,
        stderr=stderr,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        process.kill()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait()


def end_with_parent() -> None:
    """Let this process, which ``started`` started, end when the one that started it does."""

    def wait() -> None:
        # Not sys.stdin: a thread that waits in it aborts the interpreter when the work is done.
        while os.read(0, 1):
            pass
        os._exit(3)

    threading.Thread(target=wait, daemon=True).start()
