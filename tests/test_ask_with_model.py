"""``python -m bot ask`` with a language model: the answer, and what of its draft was left out and why."""

from pathlib import Path

import pytest

import prompts.model
from bot.__main__ import main
from prompts.model import PromptError
from tests.bases import write_documents
from tests.llm_server import says, serving

ASKED = "云岭县执法人员每年至少培训多少学时？"
GOOD = "云岭县行政执法人员每人每年参加业务培训不少于48学时"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The command over two documents, without the question."""
    documents = write_documents(tmp_path / "documents")
    return ["ask", "--documents", str(documents), "--index", str(tmp_path / "index")]


def test_the_explanation_ends_with_what_became_of_the_draft(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence that was left out stands there alone, with its reason."""
    with serving(says(f"{GOOD}[1]。", f"{GOOD.replace('48', '40')}[1]。")) as server:
        monkeypatch.setenv("YOUJU_LLM_BASE_URL", server.url)
        monkeypatch.setenv("YOUJU_LLM_MODEL", "test")
        assert main([*command, "--explain", ASKED]) == 0
    answer, _, draft = capsys.readouterr().out.partition("── 语言模型")

    assert f"{GOOD}。[1]" in answer
    assert "40学时" not in answer
    assert "模型：test" in draft
    assert "不少于40学时" in draft.replace("\n", "")
    assert "原文相应的地方没有“40学时”" in draft


def test_a_slip_in_a_prompt_is_told_before_anything_is_asked(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line that names the file, whichever of the prompts it is."""

    def broken(name: str) -> None:
        raise PromptError(f"prompts/{name}.txt 的空格不对")

    monkeypatch.setattr(prompts.model, "prompt", broken)
    monkeypatch.setenv("YOUJU_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("YOUJU_LLM_MODEL", "test")

    assert main([*command, ASKED]) == 1
    assert "prompts/answer.txt 的空格不对" in capsys.readouterr().err
