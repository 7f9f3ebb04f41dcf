"""python -m eval: measure answers and search, decide releases, make questions, fit weights."""

import argparse
import os
import sys
from collections.abc import Sequence

from eval.commands.asking import add_asking_commands
from eval.commands.beside import add_systems_command
from eval.commands.fitting import add_fitting_commands
from eval.commands.judging import add_judge_command
from eval.commands.making import add_making_commands
from eval.commands.measuring import add_measuring_commands
from eval.commands.opened import OK
from eval.commands.release import add_release_commands
from index.errors import YoujuError

UNUSABLE = 2  # exit code: nothing could be measured


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 where a floor or rule is broken, or 2 where nothing was measured."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.do(options)
    except YoujuError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code


def parser() -> argparse.ArgumentParser:
    """Return what reads the commands and their options."""
    whole = argparse.ArgumentParser(prog="python -m eval", description="评测：回答有多准，跑得有多快。")
    commands = whole.add_subparsers(required=True, metavar="命令")
    add_asking_commands(commands)
    add_release_commands(commands)
    add_judge_command(commands)
    add_making_commands(commands)
    add_systems_command(commands)
    add_fitting_commands(commands)
    add_measuring_commands(commands)
    return whole


if __name__ == "__main__":
    raise SystemExit(main())
