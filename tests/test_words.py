"""Words of a question and the concepts they stand for."""

import pytest

from bot.words import bigrams, concepts, fold, presence, rarity


def even(_: str) -> float:
    """Weigh every word alike."""
    return 1.0


def forms(text: str) -> list[str]:
    """Return the asker's word of each concept."""
    return [concept.forms[0] for concept in concepts(text, even, lambda _: 0)]


def test_fold_compares_across_width_case_and_space() -> None:
    """Full-width letters, capitals and spaces make no difference."""
    assert fold("ＡPP 建设（一）") == "app建设(一)"


def test_question_words_are_no_concepts() -> None:
    """What only makes a question a question is not searched for."""
    assert {"执法人员", "培训"} <= set(forms("请问执法人员一年要培训多少学时?"))
    assert not forms("请问什么是的吗?")


def test_everyday_words_bring_their_official_words() -> None:
    """打官司 is looked for as 应诉 too."""
    found = {concept.forms[0]: concept.forms for concept in concepts("打官司打输了", even, lambda _: 0)}

    assert "应诉" in found["打官司"]
    assert any("败诉" in alternatives for alternatives in found.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("培训不少于六十学时", 1.0), ("每年组织轮训", 0.85), ("开展演练", 0.0)],
    ids=["own word", "official word", "absent"],
)
def test_presence_prefers_the_askers_own_word(text: str, expected: float) -> None:
    """The asker's word counts full, a word for the same a little less, anything else nothing."""
    (concept,) = concepts("培训", even, lambda _: 0)

    assert presence(concept, text) == expected


def test_rare_words_weigh_more() -> None:
    """A word is as frequent as its rarest pair of characters."""
    weigh = rarity({"政府": 90, "府工": 3, "印章": 1}.get, 100)  # type: ignore[arg-type]

    assert weigh("印章") > weigh("政府")


def test_bigrams_of_one_character() -> None:
    """A single character is its own pair."""
    assert bigrams("省") == ("省",)
    assert bigrams("考核组") == ("考核", "核组")
