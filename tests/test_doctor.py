"""The check of a language model: what is wrong is named, with what to do."""

import pytest

from bot.__main__ import main
from bot.doctor import examine
from bot.llm import Llm, Patience
from bot.llm_settings import LlmSettings
from tests.llm_server import Reply, fails, says, serving, silent

HASTY = Patience(connect=1, first=0.3, between=0.3, total=1)


def found(reply: Reply, model: str = "test") -> dict[str, bool]:
    """What the check says of a server, by what it is about."""
    with serving(reply) as server:
        settings = LlmSettings(server.url, model)
        return {finding.about: finding.good for finding in examine(settings, Llm(settings, HASTY))}


def test_a_model_that_does_all_is_found_good() -> None:
    """Reached, listed, answering, streaming, citing."""
    names = ("设置", "连接", "模型", "回答", "流式输出", "引用")

    assert found(says("每人每年", "不少于48学时", "[1]。")) == dict.fromkeys(names, True)


@pytest.mark.parametrize(
    ("reply", "model", "wrong"),
    [
        (says("不少于48", "学时[1]。"), "other", "模型"),
        (says("不少于", "48学时。"), "test", "引用"),
        (says("不少于", "40学时[1]。"), "test", "引用"),
        (says("不少于48学时[1]。"), "test", "流式输出"),
        (says("先想", "</think>不少于48", "学时[1]。"), "test", "思考过程"),
        (fails(401), "test", "回答"),
        (silent, "test", "回答"),
    ],
)
def test_what_is_wrong_is_named(reply: Reply, model: str, wrong: str) -> None:
    """One fault, one finding that is not good."""
    assert [about for about, good in found(reply, model).items() if not good] == [wrong]


def test_a_server_that_is_not_there_ends_the_check() -> None:
    """Nothing more is asked of nobody."""
    settings = LlmSettings("http://127.0.0.1:9/v1", "test")
    findings = list(examine(settings, Llm(settings, Patience(connect=1, first=5))))

    assert [(finding.about, finding.good) for finding in findings] == [("设置", True), ("连接", False)]
    assert "YOUJU_LLM_BASE_URL" in findings[1].words


def test_no_model_is_no_fault() -> None:
    """Without the settings there is nothing to check."""
    assert [finding.good for finding in examine(None)] == [True]


def test_the_command_prints_each_finding_and_fails_where_one_is_not_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m bot doctor``: 0 where all is well or no model is set, 1 otherwise, 1 and a line on half of
    the settings.
    """
    assert main(["doctor"]) == 0
    with serving(says("每人每年", "不少于48学时", "[1]。")) as server:
        monkeypatch.setenv("YOUJU_LLM_BASE_URL", server.url)
        assert main(["doctor"]) == 1
        assert "YOUJU_LLM_MODEL" in capsys.readouterr().err
        monkeypatch.setenv("YOUJU_LLM_MODEL", "test")
        assert main(["doctor"]) == 0
        monkeypatch.setenv("YOUJU_LLM_MODEL", "other")
        assert main(["doctor"]) == 1
    out = capsys.readouterr().out

    assert "[通过] 引用" in out
    assert "[不通过] 模型" in out
