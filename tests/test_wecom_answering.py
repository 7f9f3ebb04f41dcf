"""Answers to WeCom's messages from a real index: cited, in a conversation, with its commands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.conversation import Citation
from bot.serving import Base, Serving
from bot.state.database import State
from bot.state.records import Channel
from bot.wecom.answering import Answering, Said
from bot.wecom.messages import Inbound, Sort
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.wording import Link
from index.build import build
from index.search import open_index
from prompts import wecom
from tests.bases import write_documents

EXAMPLE = "执法人员每年培训多少学时？"
TALK, OTHER = "wecom:bot:b:single:zhang", "wecom:bot:b:group:g:zhang"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A base of two places."""
    folder = tmp_path_factory.mktemp("wecom")
    build(write_documents(folder / "documents"), folder / "index", None)
    serving = Serving.of(open_index(folder / "index"))
    yield serving
    serving.close()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty state."""
    state = State(str(tmp_path / "state.sqlite"))
    yield state
    state.close()


@pytest.fixture
def answering(serving: Serving, state: State) -> Answering:
    """What answers."""
    settings = WecomSettings(bot_name="有据")
    return Answering(serving, state, settings, links, lambda: (EXAMPLE,))


def links(base: Base) -> Link:
    """Return where citations stand on the page."""

    def link(citation: Citation) -> str:
        assert citation.document_id in base.documents
        return f"https://youju.example.gov.cn/d/{citation.document_id}"

    return link


def said(answering: Answering, text: str, session: str = TALK, **fields: object) -> Said:
    """Return the whole answer to a message."""
    message = Inbound("k", Sort.QUESTION, "b", "zhang", text=text, **fields)  # type: ignore[arg-type]
    *_, last = answering.answers(Mode.LONG_CONNECTION, message, session)
    return last


def test_an_answer_is_cited_linked_and_logged(answering: Answering, state: State) -> None:
    """The figure first, then address, quote and link; the log holds question, channel and person."""
    answer = said(answering, "@有据 岭南的合法性审查要留几天？".replace("岭南", "云岭县"))

    assert "9个工作日" in answer.text.split("\n")[0]
    assert "《云岭县法治建设工作方案(2023-2025年)》二、(三)" in answer.text
    assert "](https://youju.example.gov.cn/d/" in answer.text
    assert answer.asked is not None
    kept = state.questions.get(answer.asked)
    assert (kept.channel, kept.person) == (Channel.WECOM, "wecom:zhang")
    assert kept.question == "云岭县的合法性审查要留几天？"


def test_an_application_gets_plain_text(answering: Answering) -> None:
    """Where markdown is not shown none is sent; the citation stays."""
    message = Inbound("k", Sort.QUESTION, "7", "zhang", text="云岭县执法人员每年培训多少学时？")
    *_, last = answering.answers(Mode.APPLICATION, message, TALK)

    assert "48学时" in last.text
    assert "依据：\n[1] 《云岭县" in last.text
    assert "**" not in last.text
    assert "](" not in last.text


def test_a_follow_up_is_understood_in_its_own_talk_only(answering: Answering) -> None:
    """那青川区呢 asks the same of another place; in another group it asks nothing known."""
    said(answering, "云岭县执法人员每年培训多少学时？")

    assert "52学时" in said(answering, "那青川区呢？").text
    assert "52学时" not in said(answering, "那青川区呢？", OTHER).text


def test_a_new_topic_forgets_what_was_before(answering: Answering) -> None:
    """新话题 starts a conversation of its own; the old one is kept."""
    said(answering, "云岭县执法人员每年培训多少学时？")

    assert said(answering, "新话题").text == wecom()["fresh"]
    assert "52学时" not in said(answering, "那青川区呢？").text
    assert len(answering.state.conversations.of(TALK)) == 2


def test_a_scope_holds_until_it_is_changed(answering: Answering) -> None:
    """范围 云岭 answers from that place alone, 范围 全部 from all again."""
    assert "云岭县" in said(answering, "范围 云岭").text
    assert "云岭县" in said(answering, "范围").text
    assert "52学时" not in said(answering, "执法人员每年培训多少学时？").text
    assert said(answering, "范围 全部").text == wecom()["scope_all"]
    assert "52学时" in said(answering, "执法人员每年人均参训多少学时？").text


def test_an_unknown_place_is_said_with_those_there_are(answering: Answering) -> None:
    """A place that is not held does not become the scope."""
    text = said(answering, "范围 月球").text

    assert "月球" in text
    assert "云岭县" in text
    assert wecom()["scope_everything"] in said(answering, "范围").text


def test_words_sent_back_mention_nobody_and_link_nowhere(answering: Answering) -> None:
    """Nobody makes the bot call everybody in a group, or point to a page."""
    text = said(answering, "范围 <@all>[点](//evil.example)").text

    assert "＜＠all" in text
    assert "](" not in text


@pytest.mark.parametrize("text", ["帮助", "help", "？"])
def test_help_names_commands_and_holdings(answering: Answering, text: str) -> None:
    """Whoever does not know how reads it in one message."""
    answer = said(answering, text).text

    assert EXAMPLE in answer
    assert "新话题" in answer
    assert "云岭县" in answer
    assert "2 份" in answer


def test_a_quoted_message_is_the_question_where_nothing_else_is_said(answering: Answering) -> None:
    """Quoting a message and naming the bot asks what is quoted."""
    assert "9个工作日" in said(answering, "@有据", quote="云岭县合法性审查不少于几天？").text
    assert said(answering, "@有据").text == wecom()["empty"].format(example=EXAMPLE)


def test_a_picture_is_answered_with_what_can_be_read(answering: Answering) -> None:
    """Nothing is guessed of a picture, and nothing logged."""
    message = Inbound("k", Sort.UNREADABLE, "b", "zhang")
    (only,) = answering.answers(Mode.LONG_CONNECTION, message, TALK)

    assert only == Said(wecom()["unreadable"])


def test_trouble_is_said_without_its_details(answering: Answering, state: State) -> None:
    """A state that is gone ends in a polite line."""
    state.close()
    object.__setattr__(answering, "serving", None)

    assert said(answering, "云岭县合法性审查不少于几天？").text == wecom()["failed"]


def test_refusals_are_logged_as_unanswered(answering: Answering, state: State) -> None:
    """What could not be answered in WeCom stands in the operators' list."""
    said(answering, "云岭县的房价是多少？")
    now = datetime.now(UTC)

    groups = state.questions.unanswered(now - timedelta(hours=1), now + timedelta(hours=1))
    assert [group.question for group in groups] == ["云岭县的房价是多少？"]
