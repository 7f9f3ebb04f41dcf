"""A build in a process of its own: Chroma holds every thread of the one that writes.

Run as ``python -m index.apart DOCUMENTS INDEX [MODEL]``; it prints its progress and its report as lines of
JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO

from index.build import Listener, build
from index.child import end_with_parent, started
from index.errors import BuildFailedError, YoujuError
from index.report import BuildReport, FileReport, Progress, Stage

NICE = 5  # those who ask come first


def build_apart(documents: Path, index: Path, model: str | None, progress: Listener) -> BuildReport:
    """Do what ``build`` does, and raise a YoujuError with the words of what it raises.

    The process ends with the one that calls; the index that was there stays then too.
    """
    with (
        tempfile.TemporaryFile() as errors,
        started(
            "index.apart", documents, index, *filter(None, [model]), stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            if "error" in told:
                raise YoujuError(told["error"])
            if "report" in told:
                return _report(told["report"])
            progress(Progress(Stage(told["stage"]), told["done"], told["total"]))
        raise BuildFailedError(_last_words(errors) or f"子进程以 {process.wait()} 结束")


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]


def _report(fields: dict[str, object]) -> BuildReport:
    files, removed = fields.pop("files"), fields.pop("removed")
    assert isinstance(files, list)
    assert isinstance(removed, list)
    reports = tuple(FileReport.from_json(file) for file in files)
    return BuildReport(files=reports, removed=tuple(removed), **fields)  # type: ignore[arg-type]  # as written


def main(arguments: list[str]) -> None:
    """Build, and say how it goes."""
    end_with_parent()
    os.nice(NICE)
    documents, index, *model = arguments

    def tell(**told: object) -> None:
        sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
        sys.stdout.buffer.flush()

    try:
        report = build(
            Path(documents),
            Path(index),
            model[0] if model else None,
            lambda progress: tell(**asdict(progress)),
        )
    except YoujuError as error:
        tell(error=str(error))
    else:
        files = [file.to_json() for file in report.files]
        tell(report={**asdict(report), "files": files})


if __name__ == "__main__":
    main(sys.argv[1:])
