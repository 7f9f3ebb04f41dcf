"""The lines of an answer: the direct answer first, places that say the same together, nothing twice."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compose import lines
from bot.conversation import Citation, Question
from index.document import Scope
from tests.questions import asked

TAIL = "有关材料由经办人整理成册，装订后送县档案馆，任何人查阅应当登记，查阅记录同样存入档案盒内备查。"
DAYS = asked("公示要几天", "公示")
DAYS_HERE = asked("苗岭县公示要几天", "公示", places=("苗岭县",))
RENT = asked("摊位可以转租吗", "摊位", "转租")
RENT_HERE = asked("苗岭县的摊位可以转租吗", "摊位", "转租", places=("苗岭县",))
BOTH = ("苗岭县", "竹溪县")
_MARK = re.compile(r"\[(\d+)\]")


def cited(*said: tuple[str, str], heading: str = "") -> list[Citation]:
    """Return a citation for each place and its words, numbered in order."""
    return [
        Citation(
            n=n,
            source="办法.txt",
            document=f"{place}摊位管理办法",
            document_id=place,
            place=place,
            path=("二",),
            address="二",
            heading=heading,
            quote=quote,
            start=0,
            end=len(quote),
            section_start=0,
            section_end=len(quote),
        )
        for n, (place, quote) in enumerate(said, start=1)
    ]


def test_the_direct_answer_comes_before_the_whole_sentence() -> None:
    """A long sentence is told in its deciding clause first, then whole, both with the mark; it needs no
    heading to be understood.
    """
    whole = f"名单应当公示，公示期不少于15日，{TAIL}"

    said = cited(("苗岭县", whole), heading="登报")

    assert lines(DAYS_HERE, said) == ["公示期不少于15日。[1]", f"{whole}[1]"]
    assert lines(DAYS, said) == ["苗岭县：公示期不少于15日[1]。", f"苗岭县：{whole}[1]"]


def test_a_short_sentence_is_told_once_under_its_heading() -> None:
    """Where the sentence is short it is the answer; the heading says what it is about, unless it does."""
    said = cited(("苗岭县", "（一）公示期不少于15日。"), heading="名单公示。")

    assert lines(DAYS_HERE, said) == ["名单公示：公示期不少于15日。[1]"]
    assert lines(DAYS_HERE, [replace(said[0], heading="公示期")]) == ["公示期不少于15日。[1]"]
    assert lines(DAYS, said) == ["苗岭县：名单公示：公示期不少于15日。[1]"]


def test_the_same_words_of_two_sections_are_told_once() -> None:
    """The line has the marks of both, so has the direct answer made of them."""
    whole = f"名单应当公示，公示期不少于15日，{TAIL}"

    said = cited(("苗岭县", whole), ("苗岭县", whole))

    assert lines(DAYS_HERE, said) == ["公示期不少于15日。[1][2]", f"{whole}[1][2]"]


@pytest.mark.parametrize(
    ("place", "beginning"), [("苗岭县", "苗岭县："), ("", "《摊位管理办法》：")], ids=["place", "document"]
)
def test_an_answer_says_whose_rule_it_is_where_the_question_does_not(place: str, beginning: str) -> None:
    """Asked of nowhere, an answer from one place names it, one from a document of no place its title, on
    every line: one county's rule is not everybody's.
    """
    long = f"名单应当公示，公示期不少于15日，{TAIL}"

    for quote in ("公示期不少于15日。", long):
        written = lines(DAYS, cited((place, quote)))
        assert all(line.startswith(beginning) for line in written)
    assert len(written) == 2


@pytest.mark.parametrize(
    "scope", [Scope(places=("苗岭县",)), Scope(documents=("苗岭县",))], ids=["place", "document"]
)
def test_an_answer_does_not_repeat_whose_rule_the_question_asks_for(scope: Scope) -> None:
    """Asked of one place or one document, the answer begins with what it says."""
    written = lines(replace(DAYS, scope=scope), cited(("苗岭县", "公示期不少于15日。")))

    assert written == ["公示期不少于15日。[1]"]


def test_places_that_state_the_same_are_told_together() -> None:
    """The direct line has each statement once, with all its places and marks; the order is kept, and
    signs written full width make no difference.
    """
    said = cited(
        ("苗岭县", f"名单应当公示，公示期不少于15日，{TAIL}"),
        ("荷塘区", f"名单应当公示，公示期不少于7日，{TAIL}"),
        ("竹溪县", f"名单张贴公示，公示期不少于１５日，{TAIL}"),
    )

    direct, *rest = lines(DAYS, said)

    assert direct == "苗岭县、竹溪县：公示期不少于15日[1][3]；荷塘区：公示期不少于7日[2]。"
    assert [line.split("：")[0] for line in rest] == ["苗岭县", "荷塘区", "竹溪县"]
    assert [_MARK.findall(line) for line in rest] == [["1"], ["2"], ["3"]]


def test_no_direct_line_where_one_place_states_nothing() -> None:
    """A direct line that left a place out would read as if it had no rule."""
    said = cited(
        ("苗岭县", f"名单应当公示，公示期不少于15日，{TAIL}"), ("竹溪县", f"名单应当及时公示，{TAIL}")
    )

    written = lines(DAYS, said)

    assert len(written) == 2
    assert all(TAIL[:-1] in line for line in written)


@pytest.mark.parametrize(
    ("quote", "beginning"),
    [
        ("摊位不得转租。", "否，摊位不得转租"),
        ("摊位可以转租。", "是，摊位可以转租"),
        ("摊位转租前应当登记。", "文件未明确说是或否，请按原文判断：摊位转租前应当登记"),
        (f"摊位不得转租，{TAIL}", "否，摊位不得转租。[1]"),
    ],
)
def test_a_yes_or_no_question_is_answered_with_the_verdict_first(quote: str, beginning: str) -> None:
    """The first words are yes, no, or that it is not clear, before the words they stand on."""
    said = cited(("苗岭县", quote))

    assert lines(RENT_HERE, said)[0].startswith(beginning)
    assert lines(RENT, said)[0].startswith(f"苗岭县：{beginning.removesuffix('。[1]')}")


def test_a_short_verdict_is_not_told_twice() -> None:
    """The sentence that the verdict shows whole is not shown below it again."""
    assert lines(RENT_HERE, cited(("苗岭县", "摊位不得转租。"))) == ["否，摊位不得转租。[1]"]


def test_each_place_has_its_own_verdict() -> None:
    """Yes here and no there are told side by side."""
    said = cited(("苗岭县", "摊位不得转租。"), ("竹溪县", "摊位可以转租。"))

    assert lines(RENT, said)[0] == "苗岭县：否，摊位不得转租[1]；竹溪县：是，摊位可以转租[2]。"


def test_another_kind_of_question_has_no_verdict() -> None:
    """Asked how many days, no line begins with yes or no."""
    written = lines(DAYS, cited(("苗岭县", "公示期不得少于15日。")))

    assert not any(line.startswith(("是，", "否，", "文件未明确")) for line in written)


def test_a_comparison_is_a_table() -> None:
    """One row a citation, its place before it; a bar inside a quote does not end the cell."""
    question = asked("苗岭和竹溪的公示有什么不同", "公示", places=BOTH)
    said = cited(("苗岭县", f"公示分 甲 | 乙 两栏，{TAIL}"), ("竹溪县", f"公示期不少于7日，{TAIL}"))

    *_, head, rule, one, two = lines(question, said)

    assert head == "| 地方 | 规定 |"
    assert set(rule) == set("|- ")
    assert one.startswith("| 苗岭县 | 公示分 甲 ¦ 乙")
    assert two.startswith("| 竹溪县 | 公示期不少于7日")
    assert all(row.count("|") == 3 for row in (head, rule, one, two))
    assert (_MARK.findall(one), _MARK.findall(two)) == (["1"], ["2"])


def _said_most(*days: int, places: tuple[str, ...] = BOTH) -> list[str]:
    """The line that says who has more days of notice, each place in turn having so many."""
    question = asked("苗岭和竹溪谁的公示期更长", "公示期", places=BOTH)
    said = cited(*((place, f"公示期为{n}日。") for place, n in zip(places, days, strict=True)))
    return [line for line in lines(question, said) if line.startswith("按原文的数字比")]


def test_a_comparison_says_who_has_the_most() -> None:
    """The place with the larger figure is named first, with the figures that were compared."""
    assert _said_most(15, 7) == ["按原文的数字比，苗岭县更长：苗岭县15日，竹溪县7日。"]


def test_no_winner_where_all_are_equal_or_a_place_named_is_silent() -> None:
    """Equal figures have no most; of two places asked about one that is silent may have the larger figure,
    even where a third one is found.
    """
    assert _said_most(15, 15) == []
    assert _said_most(15, places=("苗岭县",)) == []
    assert _said_most(15, 7, places=("苗岭县", "荷塘区")) == []


def test_a_comparison_with_one_place_found_is_no_table() -> None:
    """Where only one of the places says something, the other one is said to be silent."""
    question = asked("苗岭和竹溪的公示有什么不同", "公示", places=BOTH)

    written = lines(question, cited(("苗岭县", "公示期不少于15日。")))

    assert not any(line.startswith("|") for line in written)
    assert written[0].startswith("苗岭县：")
    assert written[-1] == "竹溪县：没有查到这方面的规定。"


def test_every_place_named_has_its_line() -> None:
    """Places named are told in turn, and those without an answer named at the end."""
    question = replace(DAYS, scope=asked("", places=(*BOTH, "荷塘区")).scope)

    written = lines(question, cited(("竹溪县", "公示期不少于7日。")))

    assert written[0].startswith("竹溪县：")
    assert [line.split("：")[0] for line in written[1:]] == ["苗岭县", "荷塘区"]


def test_a_remark_on_the_question_stands_first() -> None:
    """How a name was read is said before what was found."""
    said = cited(("苗岭县", "公示期不少于15日。"))

    assert lines(replace(DAYS, note="（按“苗岭县”理解）"), said)[0] == "（按“苗岭县”理解）"


def test_a_document_without_a_place_is_named_by_its_title() -> None:
    """Beside a place, what belongs to none is told under its document."""
    national = replace(cited(("", "公示期不少于20日。"))[0], n=2, document="摊位管理条例")

    written = lines(DAYS, [*cited(("苗岭县", "公示期不少于15日。")), national])

    assert [line.split("：")[0] for line in written] == ["苗岭县", "《摊位管理条例》"]


def test_in_english_the_figure_is_said_once_before_the_chinese_words() -> None:
    """An English asker reads the figure, the place in Latin letters, and the quote in quotation marks; the
    figure of the direct line is not said again.
    """
    question = replace(DAYS, language="en", unit="天/日/工作日")

    short = lines(question, cited(("苗岭县", "公示期不少于15日。")))
    long = lines(question, cited(("苗岭县", f"名单应当公示，公示期不少于15日，{TAIL}")))

    assert short == ["Miaoling (苗岭县): at least 15 days — “公示期不少于15日。”[1]"]
    assert len(long) == 2
    assert "15 days" in long[0]
    assert "15 days" not in long[1]


_QUOTES = st.lists(
    st.sampled_from(
        ["公示期不少于15日", "摊位不得转租", "由商务局负责", "情况紧急的", "，", "。", "| ", TAIL]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@given(
    st.sampled_from(
        [
            DAYS,
            DAYS_HERE,
            RENT,
            RENT_HERE,
            asked("摊位归谁管", "摊位"),
            asked("两地有什么不同"),
            asked("摊位证"),
        ]
    ),
    st.lists(st.tuples(st.sampled_from([*BOTH, "荷塘区", ""]), _QUOTES), min_size=1, max_size=4),
)
def test_every_quote_is_shown_and_every_mark_points_somewhere(
    question: Question, said: list[tuple[str, str]]
) -> None:
    """All citations and no others are marked, and every figure of a line stands in a quote marked on it."""
    citations = cited(*said)
    written = lines(question, citations)
    marks = {int(n) for line in written for n in _MARK.findall(line)}

    assert marks == {citation.n for citation in citations}
    for line in written:
        shown = [c for c in citations if f"[{c.n}]" in line]
        figures = re.findall(r"\d+", _MARK.sub("", line))
        assert all(any(figure in c.quote for c in shown) for figure in figures)
