"""``python -m bot``: asking on the command line, in a process of its own with the network closed."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.settings import BotSettings
from index.errors import SettingsError
from tests.bases import write_documents


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of documents, and where its index is kept."""
    folder = tmp_path_factory.mktemp("command")
    return write_documents(folder / "documents"), folder / "index"


def ask(base: tuple[Path, Path], *arguments: str) -> list[str]:
    """Return the arguments of an ask on the base."""
    return ["ask", "--documents", str(base[0]), "--index", str(base[1]), *arguments]


def test_the_whole_path_from_files_to_a_cited_answer(base: tuple[Path, Path]) -> None:
    """One command on a new folder builds the index and prints the answer with its address and quote."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *ask(base, "云岭县执法人员至少培训多少学时？")],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )

    assert done.returncode == 0, done.stderr
    assert "不少于48学时" in done.stdout
    assert "《云岭县法治建设工作方案(2023-2025年)》一、(一)：“" in done.stdout
    assert "Traceback" not in done.stderr


def test_batch_gives_one_line_a_question_in_order(
    base: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dialogue's turns are asked in one conversation and give a line each."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "a", "question": "浙江省要培训多少学时？"}\n\n'
        '{"id": "d", "turns": [{"id": "d1", "question": "云岭县要培训多少学时？"},'
        ' {"id": "d2", "question": "那青川呢？"}]}\n',
        encoding="utf-8",
    )

    assert main(ask(base, "--batch", str(questions), "--json")) == 0

    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["id"] for record in records] == ["a", "d1", "d2"]
    assert [record["refused"] for record in records] == [True, False, False]
    assert records[0]["reason"]
    citation = records[1]["citations"][0]
    assert citation["source"] == "plan.txt"
    assert citation["path"] == ["一", "(一)"]
    assert "48学时" in citation["quote"]
    assert "52学时" in records[2]["answer"]


def test_a_conversation_on_standard_input(
    base: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a question, lines are read until they end; later ones lean on earlier ones."""
    monkeypatch.setattr("sys.stdin", io.StringIO("云岭县要培训多少学时？\n那青川呢？\n"))

    assert main(ask(base)) == 0

    out = capsys.readouterr().out
    assert "48学时" in out
    assert "52学时" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": "a"}\n', "第 1 行"),
        ('{"id": "a", "question": "x"}\nno json\n', "第 2 行"),
        ("[1]\n", "第 1 行"),
        ('{"id": "a", "turns": ["x"]}\n', "第 1 行"),
    ],
)
def test_a_bad_question_file_is_one_line(
    base: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    """The message names the file and the line, and nothing is asked."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text(content, encoding="utf-8")

    assert main(ask(base, "--batch", str(questions))) == 1

    captured = capsys.readouterr()
    assert said in captured.err
    assert "questions.jsonl" in captured.err
    assert not captured.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "问题"], "--documents"),
        (["ask", "--documents", "nowhere", "问题"], "nowhere"),
        (["ask", "--index", "nowhere", "问题"], "python -m index build"),
        (["ask", "--documents", ".", "--batch", "nowhere.jsonl"], "nowhere.jsonl"),
        (["web", "--documents", ".", "--port", "seven"], "端口"),
    ],
    ids=["no documents", "no folder", "no index", "no question file", "no port"],
)
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    """A wrong argument gives one line that says what to do, exit code 1, no stack trace."""
    monkeypatch.chdir(tmp_path)

    assert main(arguments) == 1

    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_a_corrupt_index_says_what_to_run(
    base: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An index whose files are damaged is refused with the command that builds it again."""
    index = tmp_path / "index"
    main(["ask", "--documents", str(base[0]), "--index", str(index), "培训多少学时"])
    (database,) = index.glob("generations/*/passages.sqlite")
    database.write_bytes(database.read_bytes()[:1000])
    capsys.readouterr()

    assert main(["ask", "--index", str(index), "培训多少学时"]) == 1
    assert "python -m index build" in capsys.readouterr().err


def test_address_of_the_page_comes_from_the_environment() -> None:
    """YOUJU_HOST and YOUJU_PORT are read; a port that is none is refused."""
    assert BotSettings.from_environment({}) == BotSettings("127.0.0.1", 7860)
    assert BotSettings.from_environment({"YOUJU_PORT": "80"}).port == 80
    with pytest.raises(SettingsError, match="端口"):
        BotSettings.from_environment({"YOUJU_PORT": "99999"})


def test_the_last_index_answers_when_the_documents_cannot_be_read(
    base: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A share that is not mounted is said, and the index that is there still answers."""
    main(ask(base, "云岭县要培训多少学时"))
    capsys.readouterr()

    code = main(
        ["ask", "--documents", str(tmp_path / "away"), "--index", str(base[1]), "云岭县要培训多少学时"]
    )

    captured = capsys.readouterr()
    assert code == 0
    assert "48学时" in captured.out
    assert "away" in captured.err


def test_a_locale_without_chinese_prints_all_the_same(base: tuple[Path, Path]) -> None:
    """Output goes out as UTF-8 where the locale knows only ASCII."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *ask(base, "云岭县要培训多少学时")],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )

    assert done.returncode == 0
    assert "48学时" in done.stdout.decode("utf-8")
    assert b"Traceback" not in done.stderr
