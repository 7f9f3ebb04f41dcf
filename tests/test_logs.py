"""The log: one line a record, machine-readable, and without the words of questions."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import note, set_up
from bot.settings import LogKind

logger = logging.getLogger("bot.test")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave logging as it was."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = (root.handlers[:], root.level, ours.level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def written(kind: LogKind) -> io.StringIO:
    """Set the log up and return where it is written."""
    stream = io.StringIO()
    set_up(kind, stream)
    return stream


def test_a_record_is_a_json_object() -> None:
    """Time in UTC, level, event and facts, Chinese as it is."""
    stream = written(LogKind.JSON)

    note(logger, logging.INFO, "signed in", person="张三", ms=12, failed=None)

    line = json.loads(stream.getvalue())
    assert line.pop("time").endswith("+00:00")
    assert (line.pop("level"), line.pop("logger"), line.pop("event")) == ("info", "bot.test", "signed in")
    assert line == {"person": "张三", "ms": 12, "failed": None}
    assert "张三" in stream.getvalue()


@pytest.mark.parametrize("kind", LogKind)
@pytest.mark.parametrize(
    "mark",
    [
        "\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\u2028",
        "\u2029",
        "\x1b[2K",
        "\x00",
        "\u202e",
        "\ud800",
    ],
)
def test_no_value_begins_a_line(kind: LogKind, mark: str) -> None:
    """A name cannot forge a record, turn the line round or drive the terminal, in facts or in the event."""
    stream = written(kind)
    forged = f'x{mark}{{"event": "signed in", "person": "root"}}'

    note(logger, logging.WARNING, f"sign-in failed {forged}", account=forged)

    text = stream.getvalue()
    assert len(text.splitlines()) == 1
    assert mark not in text.removesuffix("\n")
    assert all(character == "\n" or character.isprintable() for character in text)
    if kind is LogKind.JSON:
        assert json.loads(text)["account"] == forged


@pytest.mark.parametrize("kind", LogKind)
def test_an_error_is_told_without_its_words(kind: LogKind) -> None:
    """The kinds of an error and of what it came from, and the place, are written; what it quotes is not."""
    stream = written(kind)
    try:
        try:
            int("一个秘密的问题")
        except ValueError as cause:
            raise KeyError("一个秘密的问题") from cause
    except KeyError:
        logger.exception("broken")

    text = stream.getvalue()
    assert len(text.splitlines()) == 1
    assert "KeyError" in text
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "秘密" not in text


def test_people_read_only_what_is_wrong() -> None:
    """As text, requests and events that went well are left out; warnings of any library are not."""
    stream = written(LogKind.TEXT)

    note(logger, logging.INFO, "request", status=200)
    note(logger, logging.WARNING, "sign-in failed", account="张三")
    logging.getLogger("elsewhere").warning("careful")

    first, second = stream.getvalue().splitlines()
    assert first.endswith("WARNING sign-in failed account=张三")
    assert second.endswith("WARNING careful")


def test_libraries_do_not_chatter_in_json() -> None:
    """JSON holds every event of ours, of libraries only warnings."""
    stream = written(LogKind.JSON)

    logging.getLogger("httpx").info("GET https://login.example/token?code=secret")
    logger.debug("a detail")

    assert stream.getvalue() == ""
