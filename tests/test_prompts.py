"""The texts a non-programmer may edit are whole and well formed."""

import re
import string

import prompts
from index.script import to_simplified


def test_every_english_sentence_has_a_chinese_twin_with_the_same_blanks() -> None:
    """A refusal can be written in the language asked in."""
    texts = prompts.sentences()
    for name, text in texts.items():
        if name.endswith("_en"):
            twin = texts[name.removesuffix("_en")]
            assert blanks(text) <= blanks(twin), name


def blanks(text: str) -> set[str]:
    """Return the placeholders of a sentence."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_synonyms_are_groups_of_simplified_words() -> None:
    """Each line has the asker's word and at least one other; none is traditional."""
    for group in prompts.synonyms():
        assert len(group) > 1, group
        assert len(set(group)) == len(group), group
        assert all(to_simplified(word) == word for word in group), group


def test_the_glossary_turns_lower_case_english_into_chinese() -> None:
    """Keys are lower case Latin words, values are Chinese."""
    for english, chinese in prompts.glossary().items():
        assert re.fullmatch(r"[a-z][a-z -]*", english), english
        assert chinese, english
        assert all(re.search(r"[\u4e00-\u9fff]", word) for word in chinese), english


def test_examples_are_questions() -> None:
    """There are example questions, in both languages, each once."""
    examples = prompts.examples()

    assert len(examples) == len(set(examples)) >= 4
    assert any(example.isascii() for example in examples)
    assert any(not example.isascii() for example in examples)


def test_lookalikes_are_groups_of_single_characters() -> None:
    """Each group holds two or more different characters."""
    for group in prompts.lookalikes():
        assert len(set(group)) == len(group) > 1, group


def test_counted_things_are_chinese_with_their_english() -> None:
    """Each Chinese word has one entry, and its singular comes with its plural."""
    things = prompts.counted_things()
    words = [word for thing in things for word in thing.chinese]

    assert len(words) == len(set(words))
    for thing in things:
        assert thing.chinese, thing
        assert bool(thing.one) == bool(thing.many), thing
        assert all(re.fullmatch(r"[a-z][a-z -]*", english) for english in thing.asked), thing
        assert all(re.fullmatch(r"[\u4e00-\u9fff]+", word) for word in thing.chinese + thing.counters), thing
