"""``python -m index``: what each command prints, and how it fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.__main__ import main
from tests.folders import built, plan

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine the tests run on reaches the commands."""
    for name in list(os.environ):
        if name.startswith("YOUJU_"):
            monkeypatch.delenv(name)


@pytest.fixture
def index() -> str:
    """The index over three plans."""
    return str(built()[1])


def test_build_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The summary is on stdout, files left out are named on stderr, and the exit code is still 0."""
    shutil.copytree(built()[0], tmp_path / "documents")
    shutil.copytree(built()[1], tmp_path / "index")
    (tmp_path / "documents" / "空.txt").write_bytes(b"")
    (tmp_path / "documents" / "plan-1.txt").unlink()
    (tmp_path / "documents" / "new.txt").write_text(plan("新县"), "utf-8")

    assert (
        main(["build", "--documents", str(tmp_path / "documents"), "--index", str(tmp_path / "index")]) == 0
    )
    out, err = capsys.readouterr()
    assert "新增 1" in out
    assert "移除：plan-1.txt" in out
    assert "空.txt" in err
    assert len(err.splitlines()) == 1


def test_build_fails_when_nothing_can_be_indexed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, exit code 1."""
    (tmp_path / "documents").mkdir()

    assert (
        main(["build", "--documents", str(tmp_path / "documents"), "--index", str(tmp_path / "index")]) == 1
    )
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_show_prints_the_outline(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each document with its sections: address, heading and length."""
    assert main(["show", "--index", index]) == 0
    out = capsys.readouterr().out
    assert out.count("《") >= 3
    assert "二、(二)" in out
    assert "字" in out


def test_show_takes_a_name(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A word of the title or file name narrows it; one that fits nothing is an error."""
    assert main(["show", "plan-1", "--index", index]) == 0
    assert "plan-2" not in capsys.readouterr().out
    assert main(["show", "无此文", "--index", index]) == 1
    assert "无此文" in capsys.readouterr().err


def test_search_prints_hits_with_scores(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The first hit holds the answer, with its address and the scores that made it."""
    assert main(["search", "云溪县评查多少件案卷", "--index", index, "--limit", "2"]) == 0
    out = capsys.readouterr().out
    assert "云溪县" in out
    assert "50件" in out
    assert "keyword=" in out
    assert len(out.splitlines()) == 4


def test_search_says_when_nothing_is_found(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A question outside the scope finds nothing and says so; that is no failure."""
    assert main(["search", "学法", "--place", "无此县", "--index", index]) == 0
    assert capsys.readouterr().out == "没有找到。\n"


def test_report_shows_the_last_build(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file with its counts."""
    assert main(["report", "--index", index]) == 0
    assert capsys.readouterr().out.count("片段") == 3


@pytest.mark.parametrize("command", [["show"], ["search", "学法"], ["report"]])
def test_without_an_index_each_command_says_what_to_run(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, with the command, exit code 1."""
    assert main([*command, "--index", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert "python -m index build --documents" in err
    assert len(err.splitlines()) == 1


def test_the_index_of_a_folder_is_found_by_its_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """YOUJU_DOCUMENTS and YOUJU_HOME stand for the arguments."""
    monkeypatch.setenv("YOUJU_DOCUMENTS", str(built()[0]))
    monkeypatch.setenv("YOUJU_HOME", str(tmp_path / "home"))

    assert main(["build"]) == 0
    assert main(["search", "学法"]) == 0
    assert [path.name.split("-")[0] for path in (tmp_path / "home").iterdir()] == ["index"]


def test_without_documents_the_way_to_name_them_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither argument nor variable: the message names both."""
    assert main(["build"]) == 1
    err = capsys.readouterr().err
    assert "--documents" in err
    assert "YOUJU_DOCUMENTS" in err


def test_a_misspelt_variable_stops_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], index: str
) -> None:
    """An unknown YOUJU_ variable is an error of one line."""
    monkeypatch.setenv("YOUJU_DOCUMENT", "x")

    assert main(["show", "--index", index]) == 1
    assert "YOUJU_DOCUMENTS" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["search"], ["search", "x", "--limit", "many"]])
def test_wrong_usage_is_exit_code_two(arguments: list[str]) -> None:
    """As every command line does."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2


def test_a_reader_that_stops_early_is_no_error(index: str) -> None:
    """``show | head`` prints no trace."""
    command = f"{sys.executable} -m index show --index {index} | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)

    assert done.stderr == b""
    assert done.stdout


def run(
    arguments: list[str], encoding: str, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process without UTF-8."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    environment["PYTHONIOENCODING"] = encoding
    command = [sys.executable, "-m", "index", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False
    )


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", "utf-8"), ("gbk", "gbk"), ("latin-1", "latin-1")])
def test_no_locale_stops_the_commands(encoding: str, shown: str, index: str) -> None:
    """Where the locale knows no Chinese, words go in and come out all the same."""
    done = run(["search", "云溪县评查多少件案卷", "--index", index], encoding)

    assert done.returncode == 0
    assert done.stderr == b""
    assert "50件".encode(shown, "backslashreplace") in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_output_to_a_full_disk_is_one_line(index: str) -> None:
    """No trace, and the exit code tells."""
    with Path("/dev/full").open("wb") as full:
        done = run(["report", "--index", index], "utf-8", full.fileno())

    assert done.returncode == 1
    assert done.stderr.decode() == "错误：输出不能写入（磁盘已满）。\n"


def test_asking_is_quick_to_start() -> None:
    """The commands that only read import none of the heavy libraries."""
    code = (
        "import sys, index.__main__;"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn', 'chromadb', 'rich', 'scipy'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
