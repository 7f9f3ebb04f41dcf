"""One question being answered in a thread of its own: finished, stopped, failed, watched by several."""

import threading
from collections.abc import Generator

import pytest

from bot.conversation import Answer, Turn
from bot.state.records import KeptTurn
from bot.web.asking import Asking, Step
from prompts import sentences
from tests.page_fakes import ANSWER, CITATIONS, asked

PART = Turn(asked("问"), Answer("先说[1]", CITATIONS[:1]))
WHOLE = Turn(asked("问"), ANSWER)


class Engine:
    """Yields a part, waits until it is let go on, yields the whole; keeps a list of what was kept."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.go_on = threading.Event()
        self.kept: list[Turn] = []
        self.ended = threading.Event()
        self.closed = threading.Event()

    def steps(self) -> Generator[Step, None, None]:
        """Yield what there is to say."""
        try:
            yield Step(PART)
            assert self.go_on.wait(10)
            if self.fails:
                msg = "内部细节"
                raise RuntimeError(msg)
            yield Step(WHOLE)
        finally:
            self.closed.set()

    def keep(self, turn: Turn) -> tuple[KeptTurn | None, str]:
        """Keep a turn."""
        self.kept.append(turn)
        return KeptTurn(7, turn), ""

    def asking(self) -> Asking:
        """Return a question to this engine."""
        return Asking("问", self.steps, self.keep, self.ended.set)


def test_answer_is_kept_when_nobody_watches() -> None:
    """A page that is closed in the middle loses nothing: the answer is finished and kept."""
    engine = Engine()
    asking = engine.asking().start()
    watcher = asking.watch(0)
    next(watcher)
    watcher.close()
    engine.go_on.set()

    assert asking.wait(10)
    assert engine.kept == [WHOLE]
    assert engine.ended.is_set()


def test_everybody_who_watches_sees_the_end() -> None:
    """Two windows see the same answer grow; the last step of each is whole, with its number in the log."""
    engine = Engine()
    asking = engine.asking().start()
    first, second = asking.watch(0), asking.watch(0)
    seen = [next(first), next(second)]
    engine.go_on.set()
    ends = [list(first)[-1], list(second)[-1]]

    assert all(not step.done for step in seen)
    assert [(step.turn, step.done, step.kept) for step in ends] == [(WHOLE, True, KeptTurn(7, WHOLE))] * 2


def test_who_comes_after_the_end_sees_it() -> None:
    """Watching an answer that is whole shows it at once, and only once."""
    engine = Engine()
    engine.go_on.set()
    asking = engine.asking().start()
    assert asking.wait(10)

    assert [step.done for step in asking.watch(0)] == [True]


def test_stopping_keeps_what_there_is_and_nothing_of_what_comes() -> None:
    """What was shown when it was stopped is kept with a line that says so, once; the engine's further words
    are thrown away.
    """
    engine = Engine()
    asking = engine.asking().start()
    watcher = asking.watch(0)
    while next(watcher).turn is None:
        pass
    asking.stop("（停）")
    asking.stop("（停）")
    end = list(watcher)[-1]
    engine.go_on.set()

    assert engine.closed.wait(10)
    assert [turn.answer.text for turn in engine.kept] == ["先说[1]\n（停）"]
    assert end.done
    assert end.turn
    assert end.turn.answer.citations == CITATIONS[:1]


def test_stopping_before_anything_came_keeps_the_question() -> None:
    """The question is kept with the line that says so: it can be asked anew."""
    engine = Engine()
    asking = engine.asking()  # has not begun
    asking.stop("（停）")

    assert [(turn.question.text, turn.answer.text) for turn in engine.kept] == [("问", "（停）")]


def test_failure_is_kept_as_a_refusal(caplog: pytest.LogCaptureFixture) -> None:
    """When the engine breaks the turn says so in one sentence, without details; the log names the error
    without the question.
    """
    engine = Engine(fails=True)
    engine.go_on.set()
    asking = engine.asking().start()

    assert asking.wait(10)
    assert [(turn.answer.text, turn.answer.refused) for turn in engine.kept] == [
        (sentences()["broken"], True)
    ]
    assert "RuntimeError" in caplog.text


def test_silent_engine_is_a_failure() -> None:
    """An engine that yields nothing counts as broken."""
    kept: list[Turn] = []

    def keep(turn: Turn) -> tuple[None, str]:
        kept.append(turn)
        return None, ""

    def nothing() -> Generator[Step, None, None]:
        yield from ()

    asking = Asking("问", nothing, keep, lambda: None).start()

    assert asking.wait(10)
    assert kept[0].answer.refused


def test_watching_is_paced() -> None:
    """Who watches slowly sees few steps, the end always: many askers at once do not drown the server."""
    engine = Engine()

    def many() -> Generator[Step, None, None]:
        for count in range(1, 200):
            yield Step(Turn(asked("问"), Answer("字" * count)))

    asking = Asking("问", many, engine.keep, engine.ended.set).start()
    steps = list(asking.watch(10))  # the pause ends where the answer does

    assert steps[-1].done
    assert len(steps) <= 3
