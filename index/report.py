"""What a build tells: its progress while it runs, its report when it is done.

The report is stored in the generation it describes, so that it can be shown again later.
"""

import codecs
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """A stretch of a build that takes long enough to be shown."""

    READ = "读取文件"
    EMBED = "计算向量"
    STORE = "写入索引"


class Status(StrEnum):
    """What became of one file."""

    ADDED = "新增"
    CHANGED = "更新"
    UNCHANGED = "未变"
    DUPLICATE = "重复"
    UNREADABLE = "未收录"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: ``done`` of ``total`` files or passages."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file of a build.

    ``reason`` is a sentence that names a file left out and says why, empty for one in the index.
    ``repaired`` and ``unrepaired`` count characters; ``chrome`` are the lines cut as page chrome;
    ``converted`` tells that the text was traditional Chinese and is searched in simplified Chinese.
    ``taken`` is the day the file was read for the index, ISO 8601; reports that differ in nothing else
    are the same.
    """

    source: str
    sha256: str
    status: Status
    reason: str = ""
    format: str = ""
    encoding: str = ""
    documents: int = 0
    sections: int = 0
    passages: int = 0
    repaired: int = 0
    unrepaired: int = 0
    chrome: tuple[str, ...] = ()
    converted: bool = False
    warnings: tuple[str, ...] = ()
    taken: str = field(default="", compare=False)

    @property
    def indexed(self) -> bool:
        """Tell whether the file's words are in the index."""
        return self.status in (Status.ADDED, Status.CHANGED, Status.UNCHANGED)

    def to_json(self) -> str:
        """Write the report as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "FileReport":
        """Read what ``to_json`` wrote."""
        fields = json.loads(text)
        for name in ("chrome", "warnings"):
            fields[name] = tuple(fields[name])
        return cls(**{**fields, "status": Status(fields["status"])})


@dataclass(frozen=True, slots=True)
class BuildReport:
    """One build: every file it saw, in order of name, and the sources that were there before.

    ``generation`` names the generation that serves after the build; ``fresh`` tells whether this
    build made it, False when nothing had changed. ``model`` is the embedder's name.
    """

    generation: str
    fresh: bool
    model: str
    files: tuple[FileReport, ...]
    removed: tuple[str, ...]
    seconds: float

    @property
    def indexed(self) -> tuple[FileReport, ...]:
        """The files whose words are in the index."""
        return tuple(file for file in self.files if file.indexed)

    @property
    def left_out(self) -> tuple[FileReport, ...]:
        """The files that are not in the index, each with its reason."""
        return tuple(file for file in self.files if not file.indexed)

    def count(self, status: Status) -> int:
        """Count the files of a status."""
        return sum(file.status is status for file in self.files)


def complaint(file: FileReport) -> str:
    """Write one line on a file that was left out; the reason names it."""
    return f"{file.status}：{file.reason}"


def complaints(report: BuildReport) -> Iterator[str]:
    """Write one line on each file left out, and on whatever was put right in each that was read anew."""
    for file in report.files:
        if not file.indexed:
            yield complaint(file)
        elif file.status is not Status.UNCHANGED:
            yield from (f"注意：“{file.source}”{warning}。" for warning in file.warnings)


def summary(report: BuildReport) -> str:
    """Write the report of a build in a few lines: totals and what changed."""
    files = report.indexed
    totals = (
        f"共收录 {len(files)} 个文件、{sum(f.documents for f in files)} 份文档、"
        f"{sum(f.sections for f in files)} 个条目、{sum(f.passages for f in files)} 个片段"
    )
    if not report.fresh:
        return f"文件没有变化，索引保持不变。{totals}。"
    changes = [f"{status} {report.count(status)}" for status in Status if report.count(status)]
    if report.removed:
        changes.append(f"移除 {len(report.removed)}")
    return f"索引已更新（{'、'.join(changes)}），用时 {report.seconds:.1f} 秒。{totals}。"


def details(files: Iterable[FileReport]) -> str:
    """Write one paragraph a file: what was found, repaired and cut, and the warnings."""
    return "\n".join(line for file in files for line in _lines(file))


def _lines(file: FileReport) -> list[str]:
    if not file.indexed:
        return [complaint(file)]
    lines = [
        f"{file.source}（{file.format}、{file.encoding}）：文档 {file.documents}、条目 {file.sections}、"
        f"片段 {file.passages}、修复 {file.repaired} 字、未能修复 {file.unrepaired} 字、"
        f"去除网页行 {len(file.chrome)}" + ("、繁体已转简体" if file.converted else "")
    ]
    lines += [f"  去除：{line}" for line in file.chrome]
    lines += [f"  注意：{line}" for line in file.warnings]
    return lines


def speak_chinese() -> None:
    """Let what is printed never fail: a locale without Chinese gets UTF-8, odd characters a substitute."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """Show a bar on a terminal, nothing where the output is read by a program."""
    if not sys.stderr.isatty():
        yield None
        return
    # Late: only a terminal needs it.
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def listen(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(progress.stage)
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total)

        yield listen
