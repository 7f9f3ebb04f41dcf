"""Which places, years and documents a question names."""

import pytest

from bot.holdings import Holdings, short_name, spellings
from bot.scope import name, place_words
from index.document import Document, Section
from prompts import counties


def document(place: str, title: str, years: tuple[int, ...] = ()) -> Document:
    """Make a document of a place."""
    text = f"{title}\n一、总则"
    sections = (
        Section(("文首",), "", 0, len(title) + 1),
        Section(("一",), "总则", len(title) + 1, len(text)),
    )
    return Document(title, f"{title}.txt", "", title, "", place, years, "", "", text, text, sections)


HOLDINGS = Holdings.of(
    [
        document("沁山县", "沁山县法治工作方案(2021-2025年)", (2021, 2022)),
        document("云岭省", "云岭省考核办法"),
    ]
)


@pytest.mark.parametrize(
    ("text", "places", "missing"),
    [
        ("沁山县要培训几天", ("沁山县",), ()),
        ("沁山要培训几天,云岭省呢", ("沁山县", "云岭省"), ()),
        ("浙江省要培训几天", (), ("浙江省",)),
        ("铜陵要培训几天", (), ("铜陵",)),
        ("昭阳区要培训几天", (), ("昭阳区",)),
        ("各县要培训几天", (), ()),
        ("what about yunling", ("云岭省",), ()),
        ("how many hours in zhejiang", (), ("浙江",)),
        ("事项要接到省统一系统", (), ()),
        ("青岚区要培训几天", (), ("青岚区",)),
        ("禾丰县要培训几天", (), ("禾丰县",)),
        ("穹岭省要培训几天", (), ("穹岭省",)),
        ("旺苍县要培训几天", (), ("旺苍县",)),
        ("义安区要培训几天", (), ("义安区",)),
        ("贫困县和省辖市要培训几天", (), ()),
        ("政务专区和跨省通办", (), ()),
        ("县里的方案怎么规定", ("沁山县",), ()),
        ("省级办法要培训几天", ("云岭省",), ()),
        ("市里的办法要培训几天", (), ()),
        ("沁山县青岚区要培训几天", (), ("青岚区",)),
        ("沁山青岚区要培训几天", (), ("青岚区",)),
        ("云岭省沁山县要培训几天", ("沁山县", "云岭省"), ()),
        ("沁山县城区要培训几天", ("沁山县",), ()),
        ("三沙市要培训几天", (), ("三沙市",)),
        ("合法性审查在三沙要几天", (), ("三沙",)),
        ("法治漠河市建设的目标", (), ("漠河市",)),
        ("漠河要培训几天", (), ("漠河",)),
        ("上海市人民政府和云县政府要培训几天", (), ("上海市", "云县")),
        ("张家口市委要培训几天", (), ("张家口市",)),
        ("在建邺要培训几天", (), ("建邺",)),
        ("景德镇要培训几天", (), ("景德镇",)),
        ("孟村县要培训几天", (), ("孟村县",)),
        ("会宫乡政府要培训几天", (), ("会宫乡",)),
        ("青岚新区要培训几天", (), ("青岚新区",)),
        ("沁水县要培训几天", (), ("沁水县",)),
        ("公安机关每日照常在和平时期惠农,扩大同业培训", (), ()),
        ("各乡镇街道办事处和特色小镇、建制镇要培训几天", (), ()),
        ("四平方米的长治久安", (), ()),
        ("how many hours in lujiang county", (), ("庐江县",)),
        ("how many hours in the whole county", (), ()),
        ("依托省平台进城市社区围绕省里部署", (), ()),
    ],
)
def test_places_held_and_not_held(text: str, places: tuple[str, ...], missing: tuple[str, ...]) -> None:
    """A held place is found by full and short name; one that is not held is never taken for another."""
    named = name(text, HOLDINGS)

    assert named.places == places
    assert named.missing_places == missing


def test_a_place_misspelt_by_a_lookalike_is_read_as_the_held_one() -> None:
    """泌山县 is 沁山县 with one character of the same look; 庆山县 is another place."""
    assert name("泌山县要培训几天", HOLDINGS).read_as == ("泌山", "沁山县")
    assert name("庆山县要培训几天", HOLDINGS).read_as is None


def test_titles_held_and_not_held() -> None:
    """A title in 《》 narrows the search to its document, one that is not held is kept as missing."""
    assert name("《云岭省考核办法》怎么规定", HOLDINGS).documents == ("云岭省考核办法",)
    assert name("《某条例》怎么规定", HOLDINGS).missing_titles == ("某条例",)


def test_years_are_read_in_full_and_short() -> None:
    """2021年 and 17年 name years, 40学时 does not."""
    assert name("2021年和17年的40学时", HOLDINGS).years == (2021, 2017)


def test_short_names_and_their_spelling() -> None:
    """A short name drops the administrative suffix unless one character would be left."""
    assert short_name("禾清县") == "禾清"
    assert short_name("云岭省") == "云岭"
    assert "heqing" in spellings("禾清县")


def test_a_place_beside_a_held_one_is_said_to_be_missing() -> None:
    """沁山 and 浙江 are two places; 浙江省沁山县 is one."""
    assert name("沁山和浙江各要培训几天", HOLDINGS).also_missing == ("浙江",)
    assert name("浙江省沁山县要培训几天", HOLDINGS).also_missing == ()


def test_the_sorts_of_document_after_several_places_are_part_of_the_names() -> None:
    """沁山县的方案、云岭省的办法 says which documents, not what is looked for in them."""
    words = name("多久清理一次,沁山县的方案、云岭省的办法怎么定", HOLDINGS).words

    assert {"沁山县的方案", "云岭省的办法"} <= set(words)
    assert "沁山县的方案" not in name("沁山县的方案怎么定", HOLDINGS).words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("沁山县要培训几天", "沁山县"),
        ("沁山要培训几天", "沁山"),
        ("云岭省沁山县要培训几天", "云岭省沁山县"),
        ("云岭要培训几天", ""),
    ],
)
def test_the_words_for_a_place_take_the_larger_place_before_them_along(text: str, words: str) -> None:
    """Put another place there, and the question asks of it: 云岭省沁山县 gives way as a whole."""
    assert place_words(text, "沁山县", HOLDINGS) == words


def test_a_town_is_answered_by_its_county() -> None:
    """The rules of a county hold in its towns; that the town has none of its own is told."""
    named = name("沁山县钱铺镇要培训几天", HOLDINGS)

    assert (named.places, named.missing_places, named.also_missing) == (("沁山县",), (), ("钱铺镇",))


def test_every_listed_place_is_found_by_its_full_name() -> None:
    """No place of the country is answered for by another, wherever the question names it."""
    lost = [
        question
        for place in counties()
        for question in (f"{place}要培训几天", f"合法性审查在{place}要留几天", f"请问，{place}的标准是多少")
        if name(question, HOLDINGS).missing_places != (place,)
    ]

    assert not lost
