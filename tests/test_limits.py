"""How often one person may ask."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.web.limits import PEOPLE_BEHIND_ADDRESS, RUNNING, WINDOW, Limits, TooManyAsksError
from prompts import interface


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def ask(limits: Limits, name: str = "张三", address: str = "") -> None:
    """Ask and be answered at once."""
    with limits.asking(name, address):
        pass


def test_so_many_a_minute_and_no_more() -> None:
    """The minute's last question is taken, the next one is told how long to wait, and is taken then."""
    clock = Clock()
    limits = Limits(5, clock)
    for _ in range(5):
        ask(limits)
        clock.now += 1

    with pytest.raises(TooManyAsksError) as caught:
        ask(limits)

    assert caught.value.seconds == WINDOW - 5
    clock.now += caught.value.seconds
    ask(limits)
    with pytest.raises(TooManyAsksError):
        ask(limits)


def test_one_person_does_not_use_up_anothers_share() -> None:
    """Each person is counted alone."""
    limits = Limits(1, Clock())
    ask(limits, "张三")

    ask(limits, "李四")
    with pytest.raises(TooManyAsksError):
        ask(limits, "张三")


def test_so_many_at_once_and_no_more() -> None:
    """Of the questions being answered only so many are one person's; one that ends makes room, one that
    breaks as well.
    """
    limits = Limits(100, Clock())
    with ExitStack() as running:
        for _ in range(RUNNING):
            running.enter_context(limits.asking("张三"))
        with pytest.raises(TooManyAsksError) as caught:
            ask(limits)
        assert caught.value.seconds == 0
        ask(limits, "李四")

    with pytest.raises(ZeroDivisionError), limits.asking("张三"):
        _ = 1 / 0
    for _ in range(3 * RUNNING):
        ask(limits)


def test_a_question_that_was_not_taken_does_not_count() -> None:
    """Who goes on asking too fast does not wait longer for it."""
    clock = Clock()
    limits = Limits(1, clock)
    ask(limits)
    for _ in range(50):
        clock.now += 1
        with pytest.raises(TooManyAsksError):
            ask(limits)

    clock.now += 10
    ask(limits)


def test_new_names_from_one_address_do_not_help_for_long() -> None:
    """Where names prove nothing an address has its own limit, high enough for many people behind it."""
    limits = Limits(2, Clock())
    for number in range(2 * PEOPLE_BEHIND_ADDRESS):
        ask(limits, f"browser {number}", "10.1.1.1")

    with pytest.raises(TooManyAsksError):
        ask(limits, "another browser", "10.1.1.1")
    ask(limits, "another browser", "10.1.1.2")
    ask(limits, "10.1.1.1")


def test_nothing_is_kept_of_who_has_stopped_asking() -> None:
    """After their minute, people are forgotten: the memory does not grow with the day."""
    clock = Clock()
    limits = Limits(5, clock)
    for number in range(100):
        ask(limits, f"person {number}")
    clock.now += WINDOW
    ask(limits)

    assert len(limits._accounts) == 1


def test_threads_do_not_get_past() -> None:
    """Of many questions at the same moment exactly as many are taken as may be."""
    limits = Limits(100, Clock())
    start = Barrier(16)
    done = Barrier(16)

    def attempt(_: int) -> bool:
        start.wait()
        try:
            with limits.asking("张三"):
                done.wait()
        except TooManyAsksError:
            done.wait()
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(16))) == RUNNING


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 8))
@example([11.4, 0.0], 1)
@example([10.37, 24.69, 35.31], 1)
def test_no_minute_ever_holds_more(waits: list[float], most: int) -> None:
    """Whenever questions come, no minute holds more of them than it may."""
    clock = Clock()
    limits = Limits(most, clock)
    taken, waits_told = [], []
    for wait in waits:
        clock.now += wait
        try:
            ask(limits)
        except TooManyAsksError as error:
            waits_told.append(error.seconds)
        else:
            taken.append(clock.now)

    assert all(0 < wait <= WINDOW for wait in waits_told)
    assert all(sum(start <= at < start + WINDOW for at in taken) <= most for start in taken)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_asker_is_told_politely(language: str) -> None:
    """What is said names the seconds to wait, or how many are running."""
    words = interface(language)

    assert "12" in TooManyAsksError(12).said(words)
    assert str(RUNNING) in TooManyAsksError(0).said(words)
