"""The door to language models, over real HTTP: what is streamed, and every way in which it fails."""

import threading
from collections.abc import Iterator

import pytest

from bot.llm import Llm, LlmError, Message, Patience, Trouble, tokens
from bot.llm_settings import LlmSettings, Use
from bot.thoughts import AGAIN, Thoughts
from index.errors import SettingsError
from tests import llm_server
from tests.llm_server import Reply, fails, says, serving

ASK = (Message("system", "查文件"), Message("user", "多少学时？"))
HASTY = Patience(connect=1, first=0.3, between=0.3, total=1)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Every request ends with its thread."""
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name == "llm"] == []


def llm(url: str, patience: Patience = HASTY, key: str = "k-1") -> Llm:
    """A model at an address."""
    return Llm(LlmSettings(url, "test", key), patience)


def test_an_answer_is_streamed_as_it_is_written() -> None:
    """The pieces come one by one, in order; what is asked and the key are sent as they are."""
    with serving(says("不少于", "48", "学时。[1]")) as server:
        pieces = list(llm(server.url, Patience()).stream(ASK, 100))

    assert pieces == ["不少于", "48", "学时。[1]"]
    asked = server.asked[0]
    assert asked["messages"] == [
        {"role": "system", "content": "查文件"},
        {"role": "user", "content": "多少学时？"},
    ]
    assert (asked["model"], asked["max_tokens"], asked["temperature"]) == ("test", 100, 0)
    assert asked["path"] == "/v1/chat/completions"
    assert asked["headers"]["authorization"] == "Bearer k-1"


@pytest.mark.parametrize(
    "pieces",
    [
        ("<think>先想48还是60</think>48学时",),
        ("<th", "ink>想", "</thi", "nk>48", "学时"),
        ("48", "<think>再想", "想</think>", "学时"),
        tuple("<think>想</think>48学时"),
    ],
)
def test_thoughts_are_not_part_of_the_answer(pieces: tuple[str, ...]) -> None:
    """What stands between think tags is left out, wherever the tags are cut."""
    with serving(says(*pieces, reasoning_content="想一想")) as server:
        assert llm(server.url, Patience()).write(ASK, 100) == "48学时"


def test_thoughts_that_nobody_saw_begin_are_taken_back() -> None:
    """A closing tag alone says that all before it was thought."""
    thoughts = Thoughts()

    assert thoughts.feed("也许60</think>48") == f"{AGAIN}48"
    assert Thoughts.without(f"也许60{AGAIN}48") == "48"


def test_what_only_begins_like_a_tag_is_said() -> None:
    """A lone < at the end is part of the answer."""
    thoughts = Thoughts()

    assert thoughts.feed("a<thi") + thoughts.feed("s") + thoughts.feed("<") + thoughts.rest() == "a<this<"


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (fails(401), Trouble.REFUSED),
        (fails(404), Trouble.UNKNOWN),
        (fails(429), Trouble.BUSY),
        (fails(500), Trouble.BROKEN),
        (fails(307, location="http://127.0.0.1:9/"), Trouble.BROKEN),
        (says("云岭", end=None), Trouble.CUT),
        (says("云岭", end="length"), Trouble.CUT),
        (says(), Trouble.GARBAGE),
        (llm_server.page, Trouble.GARBAGE),
        (llm_server.broken_json, Trouble.GARBAGE),
        (llm_server.wrong_encoding, Trouble.GARBAGE),
        (llm_server.silent, Trouble.SILENT),
        (llm_server.breaks_off_silently, Trouble.SILENT),
        (llm_server.forever_slow, Trouble.SILENT),
        (llm_server.endless, Trouble.ENDLESS),
        (llm_server.one_endless_line, Trouble.ENDLESS),
    ],
)
def test_every_failure_is_told_for_what_it_is(reply: Reply, trouble: Trouble) -> None:
    """Whatever a server does, what comes out is one error in plain words, within the time set."""
    patience = Patience(connect=1, first=5, between=5, total=20) if trouble is Trouble.ENDLESS else HASTY
    with serving(reply) as server, pytest.raises(LlmError) as error:
        list(llm(server.url, patience).stream(ASK, 400))

    assert error.value.trouble is trouble
    assert str(trouble) in str(error.value)


def test_nobody_there_is_unreachable() -> None:
    """A port where nothing listens is told at once."""
    with pytest.raises(LlmError) as error:
        list(llm("http://127.0.0.1:9/v1", Patience(first=5)).stream(ASK, 10))

    assert error.value.trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize("status", [429, 503])
def test_what_passes_is_tried_again(status: int) -> None:
    """A server that is busy twice is asked a third time."""
    with serving(fails(status), fails(status), says("48学时")) as server:
        assert llm(server.url, Patience()).write(ASK, 100) == "48学时"

    assert len(server.asked) == 3


def test_whoever_stops_listening_ends_the_request() -> None:
    """Closing the iterator closes the connection, so that the server can stop writing."""
    with serving(llm_server.endless) as server:
        deltas = llm(server.url, Patience()).stream(ASK, 100_000)
        next(deltas)
        deltas.close()

        assert server.left.wait(5)


def test_a_model_that_keeps_failing_is_left_alone_for_a_while() -> None:
    """After some failures in a row nobody waits for it, until the rest is over."""
    now = [0.0]
    with serving(*[fails(500)] * 12, says("48学时")) as server:
        model = Llm(LlmSettings(server.url, "test"), Patience(), clock=lambda: now[0])
        for _ in range(4):
            with pytest.raises(LlmError):
                model.write(ASK, 10)
        with pytest.raises(LlmError) as error:
            model.write(ASK, 10)

        assert error.value.trouble is Trouble.RESTING
        assert len(server.asked) == 12
        now[0] = 31.0
        assert model.write(ASK, 10) == "48学时"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address set is where the question goes, whatever other programs' settings say."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(says("48学时")) as server:
        assert llm(server.url, Patience()).write(ASK, 10) == "48学时"


def test_tokens_are_counted_on_the_safe_side() -> None:
    """A Chinese character is a token, two of ASCII are one."""
    assert tokens("执法人员") == 4
    assert tokens("abcde") == 3
    assert tokens("") == 0


def test_settings_are_read_whole_or_not_at_all() -> None:
    """Nothing set is no model; the key is never written out."""
    given = {
        "YOUJU_LLM_BASE_URL": "http://10.0.0.5:8000/v1/",
        "YOUJU_LLM_MODEL": "qwen",
        "YOUJU_LLM_API_KEY": "secret",
        "YOUJU_LLM_USES": "rewrite, queries",
    }
    settings = LlmSettings.from_environment(given)

    assert LlmSettings.from_environment({}) is None
    assert settings == LlmSettings(
        "http://10.0.0.5:8000/v1", "qwen", "secret", 4096, frozenset({Use.REWRITE, Use.QUERIES})
    )
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YOUJU_LLM_MODEL", ""),
        ("YOUJU_LLM_BASE_URL", "10.0.0.5:8000"),
        ("YOUJU_LLM_BASE_URL", "ftp://a/v1"),
        ("YOUJU_LLM_BASE_URL", "http://u:p@a/v1"),
        ("YOUJU_LLM_API_KEY", "密钥"),
        ("YOUJU_LLM_CONTEXT", "100"),
        ("YOUJU_LLM_USES", "think"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    """The message says which setting is wrong."""
    given = {"YOUJU_LLM_BASE_URL": "http://a/v1", "YOUJU_LLM_MODEL": "m"} | {name: value}
    with pytest.raises(SettingsError, match=name):
        LlmSettings.from_environment(given)
