"""Conversations of the chat: opened, asked in, stopped, kept; two windows; a state that cannot be written."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Answer, Turn
from bot.state.errors import Missing, StateError
from bot.state.records import Person, Role
from bot.web.limits import Limits, TooManyAsksError
from bot.web.site import Site
from bot.web.talks import MOST_TURNS, BusyError, Talks, Wish
from index.document import Scope
from tests.page_fakes import ANSWER, EVERYWHERE, FakeEngine, asked, fake_site

LI = Person("li", Role.READER)
WANG = Person("wang", Role.READER)
COUNTED = ("li", "")


class Waiting(FakeEngine):
    """Answers only when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def stream(self, text: str, history: Sequence[Turn] = (), scope: Scope = EVERYWHERE) -> Iterator[Turn]:
        """Yield a part, wait, yield the whole."""
        del history, scope
        yield Turn(asked(text), Answer("先"))
        assert self.go_on.wait(10)
        yield Turn(asked(text), ANSWER)


@pytest.fixture
def engine() -> FakeEngine:
    """The engine that answers."""
    return FakeEngine()


@pytest.fixture
def site(tmp_path: Path, engine: FakeEngine) -> Iterator[Site]:
    """A site with its state in a folder."""
    site = fake_site(tmp_path, engine)
    yield site
    site.state.close()


@pytest.fixture
def talks(site: Site) -> Talks:
    """The conversations of the site."""
    return Talks(site, Limits(1000))


def ask(talks: Talks, text: str, identity: str = "", **more: Any) -> str:  # noqa: ANN401 - fields of a wish
    """Ask, wait for the whole answer, return the conversation's name."""
    asking, standing = talks.ask(LI, Wish(text, identity, **more), COUNTED)
    assert asking.wait(10)
    return standing.conversation.id if standing.conversation else ""


def questions(talks: Talks, identity: str) -> list[str]:
    """Return the questions kept in a conversation."""
    return [kept.turn.question.text for kept in talks.open(LI, identity).turns]


def test_a_question_begins_a_conversation_and_the_next_goes_on(talks: Talks, engine: FakeEngine) -> None:
    """The first question makes a conversation; the next sees the turns before; all are kept and logged."""
    identity = ask(talks, "甲？")
    ask(talks, "那乙呢？", identity)
    opened = talks.open(LI, identity)

    assert questions(talks, identity) == ["甲？", "那乙呢？"]
    assert [len(history) for history in engine.histories] == [0, 1]
    assert [talks.site.state.questions.get(kept.asked).question for kept in opened.turns] == [
        "甲？",
        "那乙呢？",
    ]
    assert talks.site.state.questions.get(opened.turns[0].asked).generation == "g1"


def test_another_persons_conversation_is_as_if_it_were_not_there(talks: Talks) -> None:
    """Opening, stopping or asking in somebody else's conversation shows and changes nothing of it."""
    identity = ask(talks, "甲？")
    opened = talks.open(WANG, identity)
    asking, standing = talks.ask(WANG, Wish("偷看？", identity), ("wang", ""))
    assert asking.wait(10)

    assert not opened.turns
    assert opened.trouble
    assert standing.conversation
    assert standing.conversation.id != identity
    assert questions(talks, identity) == ["甲？"]


def test_asking_anew_replaces_the_last_turn(talks: Talks, engine: FakeEngine) -> None:
    """Retry and edit put the answer in the last turn's place, which is no history of it."""
    identity = ask(talks, "甲？")
    ask(talks, "乙？", identity)
    last = talks.open(LI, identity).turns[-1].asked
    ask(talks, "乙改？", identity, replaces=last)

    assert questions(talks, identity) == ["甲？", "乙改？"]
    assert len(engine.histories[-1]) == 1


def test_asking_anew_what_another_window_went_past_replaces_nothing(talks: Talks) -> None:
    """A window that has not seen the newest turn appends: no turn of the other window is lost."""
    identity = ask(talks, "甲？")
    first = talks.open(LI, identity).turns[-1].asked
    ask(talks, "乙？", identity)
    ask(talks, "甲改？", identity, replaces=first)

    assert questions(talks, identity) == ["甲？", "乙？", "甲改？"]


def test_the_turn_replaced_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """While an answer is tried anew the old one is still kept."""
    engine = Waiting()
    site = fake_site(tmp_path, engine)
    talks = Talks(site, Limits(1000))
    engine.go_on.set()
    identity = ask(talks, "甲？")
    engine.go_on.clear()
    last = talks.open(LI, identity).turns[-1].asked
    asking, standing = talks.ask(LI, Wish("甲改？", identity, last), COUNTED)

    assert not standing.turns
    assert questions(talks, identity) == ["甲？"]
    engine.go_on.set()
    assert asking.wait(10)
    assert questions(talks, identity) == ["甲改？"]
    site.state.close()


def test_one_question_at_a_time_in_a_conversation(tmp_path: Path) -> None:
    """A second window that asks in the same conversation is told to wait; elsewhere one may ask."""
    engine = Waiting()
    site = fake_site(tmp_path, engine)
    talks = Talks(site, Limits(1000))
    asking, standing = talks.ask(LI, Wish("甲？"), COUNTED)
    assert standing.conversation
    identity = standing.conversation.id

    with pytest.raises(BusyError):
        talks.ask(LI, Wish("乙？", identity), COUNTED)
    assert talks.open(LI, identity).running is asking
    other, _ = talks.ask(LI, Wish("丙？"), COUNTED)
    engine.go_on.set()
    assert asking.wait(10)
    assert other.wait(10)
    assert talks.open(LI, identity).running is None
    assert questions(talks, identity) == ["甲？"]
    site.state.close()


def test_stopping_keeps_the_turn(tmp_path: Path) -> None:
    """A stopped answer is kept with what was shown; whoever is not its asker cannot stop it."""
    engine = Waiting()
    site = fake_site(tmp_path, engine)
    talks = Talks(site, Limits(1000))
    asking, standing = talks.ask(LI, Wish("甲？"), COUNTED)
    assert standing.conversation
    identity = standing.conversation.id
    while next(asking.watch(0)).turn is None:
        pass

    talks.stop(WANG, identity, "（停）")
    assert not asking.wait(0)
    talks.stop(LI, identity, "（停）")
    assert asking.wait(10)
    assert [kept.turn.answer.text for kept in talks.open(LI, identity).turns] == ["先\n（停）"]
    engine.go_on.set()
    site.state.close()


def test_ending_waits_for_answers_under_way(tmp_path: Path) -> None:
    """The server ends when what is being answered is kept, or when its patience ends."""
    engine = Waiting()
    site = fake_site(tmp_path, engine)
    talks = Talks(site, Limits(1000))
    _, standing = talks.ask(LI, Wish("甲？"), COUNTED)

    assert not talks.finish(0)
    engine.go_on.set()
    assert talks.finish(10)
    assert standing.conversation
    assert questions(talks, standing.conversation.id) == ["甲？"]
    site.state.close()


def test_scope_is_kept_with_the_conversation(talks: Talks) -> None:
    """What is chosen holds for the question and is there when the conversation is opened again."""
    chosen = Scope(places=("云溪市",), years=(2024,))
    identity = ask(talks, "甲？", scope=chosen)
    opened = talks.open(LI, identity)

    assert opened.conversation
    assert opened.conversation.scope == chosen
    assert "只查云溪市" in opened.turns[0].turn.answer.text
    ask(talks, "乙？", identity)
    assert talks.site.state.conversations.get("li", identity).scope == Scope()


def test_only_so_many_turns_are_history(talks: Talks, engine: FakeEngine) -> None:
    """A conversation that lasts all day does not make each question slower."""
    identity = ask(talks, "拒绝")
    kept = talks.open(LI, identity).turns[0]
    for _ in range(MOST_TURNS):
        talks.site.state.conversations.keep("li", identity, kept)
    ask(talks, "甲？", identity)

    assert len(engine.histories[-1]) == MOST_TURNS


def test_votes_come_back(talks: Talks) -> None:
    """A thumb given is there when the conversation is opened again."""
    identity = ask(talks, "甲？")
    number = talks.open(LI, identity).turns[0].asked
    talks.site.state.feedback.give(number, "li", False, None, "")

    assert talks.open(LI, identity).votes == {number: False}


@pytest.mark.parametrize("broken", ["start", "turns", "keep", "cut", "choose"])
def test_an_answer_is_shown_where_the_state_fails(
    talks: Talks, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Whatever of the state cannot be read or written: the answer comes, and one line says what is wrong."""
    identity = "" if broken == "start" else ask(talks, "甲？")
    last = talks.open(LI, identity).turns[-1].asked if identity else None

    def fail(*_arguments: object) -> None:
        msg = "状态数据库无法读写：磁盘已满。"
        raise StateError(msg)

    monkeypatch.setattr(talks.site.state.conversations, broken, fail)
    wish = Wish("乙？", identity, last if broken == "cut" else None, Scope(places=("云溪市",)))
    asking, standing = talks.ask(LI, wish, COUNTED)
    end = list(asking.watch(0))[-1]

    assert end.turn
    assert "只查云溪市" in end.turn.answer.text
    assert "磁盘已满" in (end.trouble or standing.trouble)


def test_a_log_that_fails_is_told(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn is called kept only when the log has it, too."""

    def fail(*_arguments: object) -> int:
        msg = "状态数据库无法读写：磁盘已满。"
        raise StateError(msg)

    monkeypatch.setattr(talks.site.state.questions, "add", fail)
    asking, _ = talks.ask(LI, Wish("甲？"), COUNTED)
    end = list(asking.watch(0))[-1]

    assert (end.kept, end.trouble) == (None, "状态数据库无法读写：磁盘已满。")


def test_a_conversation_deleted_meanwhile_is_told(tmp_path: Path) -> None:
    """An answer to a conversation that another window deletes is shown, and that it was not kept."""
    engine = Waiting()
    site = fake_site(tmp_path, engine)
    talks = Talks(site, Limits(1000))
    asking, standing = talks.ask(LI, Wish("甲？"), COUNTED)
    assert standing.conversation
    site.state.conversations.delete("li", standing.conversation.id)
    engine.go_on.set()
    end = list(asking.watch(0))[-1]

    assert end.turn
    assert end.turn.answer == ANSWER
    assert "没有这个对话" in end.trouble
    with pytest.raises(Missing):
        site.state.conversations.get("li", standing.conversation.id)
    site.state.close()


def test_limits_hold_and_everything_is_counted(tmp_path: Path) -> None:
    """A question that is too many is not taken and leaves no conversation; the meter hears of each end, and
    that none is running.
    """
    site = fake_site(tmp_path, FakeEngine())
    talks = Talks(site, Limits(3))
    for text in ("甲？", "拒绝", "出错"):
        ask(talks, text)
    before = len(site.state.conversations.of("li"))

    with pytest.raises(TooManyAsksError):
        talks.ask(LI, Wish("丁？"), COUNTED)
    counted = site.meter.text().decode()
    assert [
        f'youju_questions_total{{channel="web",outcome="{outcome}"}} 1.0' in counted
        for outcome in ("answered", "refused", "failed", "turned_away")
    ] == [True] * 4
    assert 'youju_questions_running{channel="web"} 0.0' in counted
    assert len(site.state.conversations.of("li")) == before
    site.state.close()


def test_places_are_given_back(tmp_path: Path) -> None:
    """Answers that are whole, stopped or broken leave their places; more at once than allowed wait."""
    engine = Waiting()
    site = fake_site(tmp_path, engine)
    limits = Limits(1000)
    talks = Talks(site, limits)
    running = [talks.ask(LI, Wish(f"问{n}？"), COUNTED)[0] for n in range(3)]

    with pytest.raises(TooManyAsksError):
        talks.ask(LI, Wish("太多？"), COUNTED)
    engine.go_on.set()
    assert all(asking.wait(10) for asking in running)
    ask(talks, "又能问了？")
    site.state.close()
