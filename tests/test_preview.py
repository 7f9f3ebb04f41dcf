"""A file looked at before it is published: what a build would make of it, whatever it holds."""

import signal
import time
from pathlib import Path

import pytest

from index import intake
from index import preview as previews
from index.intake import take_in
from index.preview import Preview, preview
from index.report import Status
from tests.bases import PLAN
from tests.folders import plan


def test_it_is_what_a_build_would_make(tmp_path: Path) -> None:
    """Documents, outline, metadata and report are those of the build's own reading."""
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, "utf-8")

    seen, made = preview(path, tmp_path), take_in(path, tmp_path)

    assert seen.report == made.report
    (one,), (other,) = seen.documents, made.documents
    assert one.sections == other.sections
    for field in (
        "id",
        "source",
        "part",
        "title",
        "issuer",
        "place",
        "years",
        "number",
        "date",
        "raw",
        "text",
    ):
        assert getattr(one, field) == getattr(other, field)
    assert ("二", "(四)", "2.") in [section.path for section in one.sections]


def test_repairs_and_warnings_are_told(tmp_path: Path) -> None:
    """What a file's reading put right is in the report: encoding, warnings."""
    path = tmp_path / "gbk.txt"
    path.write_bytes(plan("青禾县").encode("gb18030") + "尾".encode("gb18030")[:1])

    report = preview(path, tmp_path).report

    assert report.encoding == "gb18030"
    assert report.warnings


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "空文件"),
        ("renamed.txt", b"%PDF-1.7", "PDF"),
        ("bomb.html", b"PK\x03\x04" + b"\0" * 2000, "压缩包"),
        ("binary.txt", bytes(range(256)) * 40, "不是文本"),
        ("table.xlsx", b"PK\x03\x04", "暂不支持"),
        ("deep.html", b"<div>" * 200_000, "嵌套"),
    ],
)
def test_a_bad_file_is_told_why(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    """A file that cannot be read gives no document, and a reason that names it."""
    (tmp_path / name).write_bytes(content)

    seen = preview(tmp_path / name, tmp_path)

    assert seen.documents == ()
    assert seen.report.status is Status.UNREADABLE
    assert name in seen.report.reason
    assert words in seen.report.reason


def test_it_comes_back_from_its_json(tmp_path: Path) -> None:
    """What is written down of a preview is all of it."""
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, "utf-8")
    seen = preview(path, tmp_path)

    again = Preview.from_json(seen.to_json())

    assert again.report == seen.report
    assert [d.sections for d in again.documents] == [d.sections for d in seen.documents]


def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> Path:
    """A file whose reading runs ``code`` in the process that reads it."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(
        "import sys, index.intake as intake\n"
        f"def clean(text):\n{''.join(f'    {line}' for line in code.splitlines(True))}\n"
        "intake.clean = clean\n",
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hook"))
    path = tmp_path / "bad.txt"
    path.write_text(plan("坏县"), "utf-8")
    return path


def test_a_memory_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that wants more memory than it may is stopped, and the file is left out."""
    path = hostile(tmp_path, monkeypatch, "return bytearray(8 * 1024 ** 3)")

    assert "内存不够" in preview(path, tmp_path).report.reason


def test_a_crash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that crashes takes only its own process along."""
    path = hostile(tmp_path, monkeypatch, f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})")

    assert "没有收录" in preview(path, tmp_path).report.reason


def test_a_bomb_of_time_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that sleeps for ever is ended by the clock."""
    path = hostile(tmp_path, monkeypatch, "import time; time.sleep(600)")
    monkeypatch.setattr(previews, "SECONDS", 2)
    started = time.monotonic()

    seen = preview(path, tmp_path)

    assert "太久" in seen.report.reason
    assert time.monotonic() - started < 60


def test_a_busy_reader_is_stopped_by_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the reader listens to no signal, the limit on processor time ends it."""
    code = (
        "import resource, signal\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\n"
        "while True: pass"
    )

    assert "太久" in preview(hostile(tmp_path, monkeypatch, code), tmp_path).report.reason
    assert intake.PATIENCE < previews.SECONDS
