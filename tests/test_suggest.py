"""What is offered to be asked is answered: first questions drawn from the documents, and follow-ups."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.conversation import Citation, Turn
from bot.drawn import drawn
from bot.engine import Engine
from bot.inquiry import Inquiry
from bot.suggest import first_questions, follow_ups
from index.build import build
from index.document import Scope
from index.search import Index, open_index
from tests.bases import write_documents

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
HOURS = "云岭县执法人员每年至少培训多少学时？"


class CountingEngine(Engine):
    """An engine that counts what it is asked."""

    asked = 0

    def follow(
        self,
        text: str,
        history: Sequence[Turn] = (),
        scope: Scope = Scope(),  # noqa: B008 - frozen
        variants: Sequence[str] = (),
    ) -> tuple[Turn, list[Inquiry]]:
        """Count, and answer as ever."""
        self.asked += 1
        return super().follow(text, history, scope, variants)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The opened index of two small documents."""
    folder = tmp_path_factory.mktemp("base")
    build(write_documents(folder / "documents"), folder / "index")
    with open_index(folder / "index") as opened:
        yield opened


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The opened index of the sample documents."""
    folder = tmp_path_factory.mktemp("samples")
    build(SAMPLES, folder)
    with open_index(folder) as opened:
        yield opened


def test_first_questions_are_answered_from_the_section_they_were_drawn_from(samples: Index) -> None:
    """Each of them is answered, and the first citation is the very sentence."""
    engine = Engine(samples)
    made_of = {
        one.text: one.unit
        for document in samples.documents
        for section in range(len(document.sections))
        for one in drawn(document, section)
    }
    questions = first_questions(engine, samples.documents, 12)

    assert len(questions) == len(set(questions)) == 12
    for question in questions:
        answer = engine.ask(question).answer
        unit = made_of[question]
        home = unit.document.sections[unit.section]
        assert not answer.refused
        assert (answer.citations[0].document_id, answer.citations[0].section_start) == (
            unit.document.id,
            home.start,
        )


def test_first_questions_are_spread_and_the_same_every_time(samples: Index) -> None:
    """Six questions come from the six documents, are of several sorts, and are drawn again alike."""
    engine = Engine(samples)
    questions = first_questions(engine, samples.documents, 6)
    cited = {engine.ask(question).answer.citations[0].document_id for question in questions}

    assert first_questions(Engine(samples), samples.documents, 6) == questions
    assert len(cited) >= 5
    assert any("多少" in question or "几" in question for question in questions)
    assert any("谁" in question or "多久" in question or "什么时候" in question for question in questions)


def test_first_questions_ask_little(samples: Index) -> None:
    """However few can be used, at most five are tried for each one wanted and sixty in all."""
    few, many = CountingEngine(samples), CountingEngine(samples)
    first_questions(few, samples.documents, 2)
    first_questions(many, samples.documents, 1000)

    assert few.asked <= 10
    assert many.asked == 60


def test_no_documents_and_no_wish_give_no_questions(index: Index) -> None:
    """Nothing is made up where nothing can be drawn."""
    engine = CountingEngine(index)

    assert first_questions(engine, (), 6) == ()
    assert first_questions(engine, index.documents, 0) == ()
    assert engine.asked == 0


def spans(citations: Sequence[Citation]) -> set[tuple[str, int, int]]:
    """Return where citations stand."""
    return {(c.document_id, c.start, c.end) for c in citations}


@pytest.mark.parametrize(
    "question", [HOURS, "云岭县案卷评查几次？", "云岭合法性审查要留几天", "培训多少学时"]
)
def test_follow_ups_are_answered_with_something_new(index: Index, question: str) -> None:
    """Asked next, each is answered, and not only from what was shown before."""
    engine = Engine(index)
    history = [engine.ask(question)]
    offered = follow_ups(engine, history)

    assert len(offered) <= 3
    for text in offered:
        answer = engine.ask(text, history).answer
        assert not answer.refused
        assert not spans(answer.citations) <= spans(history[0].answer.citations)


def test_another_place_is_offered_in_full_words(index: Index) -> None:
    """The question asked again of the other place names it, and is answered by it alone."""
    engine = Engine(index)
    history = [engine.ask(HOURS)]
    offered = follow_ups(engine, history)

    assert "青川区执法人员每年至少培训多少学时？" in offered
    assert any("案卷评查" in text for text in offered)


def test_all_places_are_asked_about_together_where_there_are_many(samples: Index) -> None:
    """With three places and more, 各地 stands for one after the other."""
    engine = Engine(samples)
    offered = follow_ups(engine, [engine.ask("禾清县执法人员每年培训多少学时？")])

    assert "各地执法人员每年培训多少学时？" in offered


def test_nothing_outside_the_scope_is_offered(index: Index) -> None:
    """Where one place is chosen, the other is not asked about."""
    engine = Engine(index)
    scope = Scope(places=("云岭县",))
    offered = follow_ups(engine, [engine.ask(HOURS, (), scope)], scope)

    assert offered
    assert not any("青川" in text for text in offered)


def test_what_was_asked_or_shown_is_not_offered_again(index: Index) -> None:
    """After both places were asked about, neither question comes back."""
    engine = Engine(index)
    history = [engine.ask(HOURS)]
    history.append(engine.ask("青川区执法人员每年至少培训多少学时？", history))
    offered = follow_ups(engine, history)

    assert HOURS not in offered
    assert "青川区执法人员每年至少培训多少学时？" not in offered


@pytest.mark.parametrize(
    "question",
    [
        "云岭县“罚没指标”能不能下达？",
        "云零县执法人员陪训多少学时？",
        "那云岭县培训多少学时",
        "浙江省培训多少学时？",
    ],
)
def test_only_plain_words_are_asked_of_another_place(index: Index, question: str) -> None:
    """A name of one document, a slip of the pen or a question that does not begin with the place is not
    put into another's mouth.
    """
    engine = Engine(index)
    turn = engine.ask(question)
    offered = follow_ups(engine, [turn])

    assert turn.answer.refused or not any("青川" in text for text in offered)


def test_a_refusal_keeps_its_own_suggestions(index: Index) -> None:
    """What the engine offers in place of a refused question stays; a refusal without any offers nothing."""
    engine = Engine(index)
    refused = engine.ask("青川区的重大决策合法性审查要几个工作日？")

    assert refused.answer.suggestions
    assert follow_ups(engine, [refused]) == refused.answer.suggestions
    assert follow_ups(engine, [engine.ask("明天会下雨吗")]) == ()
    assert follow_ups(engine, []) == ()


def test_an_english_question_is_not_followed_in_chinese(index: Index) -> None:
    """What can be drawn is Chinese; who asks in English is offered nothing."""
    engine = Engine(index)

    assert follow_ups(engine, [engine.ask("training hours in Yunling")]) == ()


def test_follow_ups_ask_little(samples: Index) -> None:
    """At most eight questions are tried after an answer."""
    engine = CountingEngine(samples)
    for question in ("规范性文件多久清理一次", "禾清县重大行政决策有哪些要求？", "培训多少学时"):
        turn = engine.ask(question)
        engine.asked = 0
        follow_ups(engine, [turn])
        assert engine.asked <= 8
