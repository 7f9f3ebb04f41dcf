"""How every command ends: each failure the user can mend is one line on stderr, never a stack trace."""

import os
import sys
from collections.abc import Callable

from index.errors import YoujuError, cause


def finish(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; 1 where it failed for a reason said on stderr, 0 where the
    reader of its output has gone, as with ``| head``.
    """
    try:
        code = command()
        if sys.stdout is not None:  # closed by whoever started us
            sys.stdout.flush()  # a full disk is met here, not when Python ends
    except YoujuError as error:
        print(f"错误：{error}", file=sys.stderr)  # noqa: T201 - the commands print through here
        return 1
    except BrokenPipeError:
        _silence_output()
        return 0
    except OSError as error:  # of the output: those of files are said by whoever meets them
        print(f"错误：输出不能写入（{cause(error)}）。", file=sys.stderr)  # noqa: T201 - as above
        _silence_output()
        return 1
    return code


def _silence_output() -> None:
    """Let Python end without trying once more to write what nobody can read."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
