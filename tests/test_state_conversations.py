"""Conversations are kept for their owners and for nobody else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.state.database import State
from bot.state.errors import Missing, Unacceptable
from bot.state.records import Conversation, KeptTurn
from index.document import Scope
from tests.state_records import Clock, answer, said, turn


def test_a_conversation_comes_back_after_a_restart(state: State, tmp_path: Path, clock: Clock) -> None:
    """Turns, title and scope are read by another process as they were kept."""
    scope = Scope(places=("云岭县",), years=(2024,), documents=("d1",))
    begun = state.conversations.start("甲", scope)
    first = KeptTurn(said(state, "甲", begun.id, "每年培训多少学时？"), turn("每年培训多少学时？"))
    changed = clock.forward(minutes=3)
    refusal = answer("没有写明。", refused=True)
    second = KeptTurn(said(state, "甲", begun.id, "谁来考核？", refusal), turn("谁来考核？", refusal))
    state.close()

    again = State(str(tmp_path / "state.sqlite"))

    assert again.conversations.turns("甲", begun.id) == (first, second)
    assert again.conversations.get("甲", begun.id) == Conversation(
        begun.id, "甲", "每年培训多少学时？", scope, changed
    )
    again.close()


def test_the_last_changed_comes_first(state: State, clock: Clock) -> None:
    """A turn brings its conversation to the top; of two begun at the same moment the later one is first."""
    first, second = state.conversations.start("甲"), state.conversations.start("甲")

    assert [one.id for one in state.conversations.of("甲")] == [second.id, first.id]

    clock.forward(seconds=1)
    said(state, "甲", first.id, "培训多少学时？")

    assert [one.id for one in state.conversations.of("甲")] == [first.id, second.id]


@pytest.mark.parametrize(
    "call",
    [
        lambda state, id: state.conversations.get("乙", id),
        lambda state, id: state.conversations.turns("乙", id),
        lambda state, id: state.conversations.keep("乙", id, KeptTurn(1, turn())),
        lambda state, id: state.conversations.cut("乙", id, 0),
        lambda state, id: state.conversations.rename("乙", id, "新名称"),
        lambda state, id: state.conversations.delete("乙", id),
        lambda state, id: state.conversations.choose("乙", id, Scope(years=(2024,))),
    ],
    ids=["get", "turns", "keep", "cut", "rename", "delete", "choose"],
)
def test_anothers_conversation_is_not_there(state: State, call: Callable[[State, str], object]) -> None:
    """Whoever asks for another's conversation hears what is said of one that never was; it stays as it is."""
    mine = state.conversations.start("甲")
    said(state, "甲", mine.id, "培训多少学时？")
    before = state.conversations.get("甲", mine.id), state.conversations.turns("甲", mine.id)

    with pytest.raises(Missing) as others:
        call(state, mine.id)
    with pytest.raises(Missing) as nobodys:
        call(state, "0" * 32)

    assert str(others.value) == str(nobodys.value)
    assert state.conversations.of("乙") == ()
    assert (state.conversations.get("甲", mine.id), state.conversations.turns("甲", mine.id)) == before


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", "question answer title percent"),
        ("评查", "question"),
        ("ＧＢ/t 15834", "answer"),
        ("法治", "title"),
        ("达到 100%", "percent"),
        ("100_", ""),
        ("0%的", "percent"),
        ("%", "percent"),
        ("_", ""),
        ("\\", ""),
        ("没有这句话", ""),
        ("评" * 10_000, ""),
    ],
)
def test_search_finds_words_as_they_stand(search: str, found: str, state: State) -> None:
    """Titles, questions and answers are searched, whatever case, width and spacing; % and _ are plain."""
    contents = {
        "question": ("案卷评查几次？", "两次。"),
        "answer": ("标点怎么用？", "按 gb/T15834 执行。"),
        "title": ("你好", "您好。"),
        "percent": ("目标是多少？", "应诉率达到100%的目标。"),
    }
    names = {}
    for name, (question, text) in contents.items():
        names[state.conversations.start("甲").id] = name
        said(state, "甲", list(names)[-1], question, answer(text))
    others = state.conversations.start("乙")
    said(state, "乙", others.id, "案卷评查几次？")
    state.conversations.rename("甲", list(names)[2], "法治 建设")

    listed = [names[one.id] for one in state.conversations.of("甲", search)]

    assert sorted(listed) == sorted(found.split())


def test_a_cut_keeps_the_first_turns(state: State) -> None:
    """After a cut the next turn stands where the dropped ones stood, and names the conversation anew."""
    id = state.conversations.start("甲").id
    for question in ("一问", "二问", "三问"):
        said(state, "甲", id, question)

    state.conversations.cut("甲", id, 1)
    said(state, "甲", id, "改问")

    assert [kept.turn.question.text for kept in state.conversations.turns("甲", id)] == ["一问", "改问"]
    assert state.conversations.get("甲", id).title == "一问"

    state.conversations.cut("甲", id, 0)
    said(state, "甲", id, "从头问")

    assert state.conversations.get("甲", id).title == "从头问"
    assert state.conversations.of("甲", "二问") == ()  # what was dropped is not found either


def test_a_title_of_ones_own_stays(state: State) -> None:
    """A conversation that was renamed keeps its name, whatever is asked first."""
    id = state.conversations.start("甲").id
    state.conversations.rename("甲", id, "  学法\n 情况 ")
    said(state, "甲", id, "一问")

    assert state.conversations.get("甲", id).title == "学法 情况"


def test_a_long_title_is_cut(state: State) -> None:
    """A page of text asked as a question does not become a page of title."""
    id = state.conversations.start("甲").id
    said(state, "甲", id, "问" * 5_000)

    assert state.conversations.get("甲", id).title == "问" * 59 + "…"


@pytest.mark.parametrize("title", ["", "  \n\t"])
def test_an_empty_title_is_refused(title: str, state: State) -> None:
    """A conversation cannot be given a name nobody can see."""
    id = state.conversations.start("甲").id

    with pytest.raises(Unacceptable, match="不能为空"):
        state.conversations.rename("甲", id, title)


def test_a_deleted_conversation_leaves_the_log(state: State) -> None:
    """The owner's turns are gone, what was asked stays in the log."""
    id = state.conversations.start("甲").id
    number = said(state, "甲", id, "培训多少学时？")
    state.conversations.delete("甲", id)

    with pytest.raises(Missing):
        state.conversations.turns("甲", id)

    assert state.questions.get(number).question == "培训多少学时？"


def test_a_chosen_scope_is_kept(state: State) -> None:
    """The scope chosen last is the conversation's."""
    id = state.conversations.start("甲", Scope(years=(2023,))).id
    state.conversations.choose("甲", id, Scope(places=("青川区",)))

    assert state.conversations.get("甲", id).scope == Scope(places=("青川区",))
