"""Earlier questions asked anew for those who keep their conversation themselves."""

from typing import cast

import pytest

from bot.conversation import Answer, Turn
from bot.engine import Engine
from bot.replay import _REMEMBERED, MOST_EARLIER, Replays, replay
from index.document import Scope
from tests.page_fakes import asked


class Counting:
    """An engine that notes what it is asked, with how many turns before."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def ask(self, text: str, history: list[Turn], scope: Scope) -> Turn:
        """Answer with the question."""
        del scope
        self.asked.append((text, len(history)))
        return Turn(asked(text), Answer(text))


@pytest.fixture
def engine() -> Counting:
    """The engine."""
    return Counting()


def history(replays: Replays, engine: Counting, earlier: tuple[str, ...], owner: str = "a") -> list[str]:
    """Return what the turns before a question say."""
    turns = replays.history(cast(Engine, engine), (owner, "g1"), earlier, Scope())
    return [turn.answer.text for turn in turns]


def test_each_question_sees_those_before_it_and_only_the_last_few_count(engine: Counting) -> None:
    """A conversation of a year costs as much as one of a minute."""
    questions = [str(number) for number in range(100)]

    turns = replay(cast(Engine, engine), questions)

    assert [turn.answer.text for turn in turns] == questions[-MOST_EARLIER:]
    assert engine.asked == [(text, n) for n, text in enumerate(questions[-MOST_EARLIER:])]


def test_what_was_answered_a_moment_ago_is_not_asked_again(engine: Counting) -> None:
    """The next question of a conversation finds the turns of the one before."""
    replays = Replays()
    assert history(replays, engine, ("1",)) == ["1"]
    replays.keep(("a", "g1"), ("1", "2"), Scope(), [Turn(asked(t), Answer(t)) for t in "12"])

    assert history(replays, engine, ("1", "2")) == ["1", "2"]
    assert engine.asked == [("1", 0)]


def test_nobody_is_answered_from_what_another_asked(engine: Counting) -> None:
    """The same questions of somebody else are asked anew."""
    replays = Replays()
    history(replays, engine, ("1",), "a")
    history(replays, engine, ("1",), "b")

    assert len(engine.asked) == 2


def test_only_so_many_conversations_are_remembered(engine: Counting) -> None:
    """Memory does not grow with the number of conversations."""
    replays = Replays()
    for number in range(_REMEMBERED + 1):
        history(replays, engine, (str(number),))
    before = len(engine.asked)

    history(replays, engine, (str(_REMEMBERED),))
    assert len(engine.asked) == before

    history(replays, engine, ("0",))
    assert len(engine.asked) == before + 1
