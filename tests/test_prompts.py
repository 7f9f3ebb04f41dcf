"""The texts a non-programmer may edit are whole and well formed."""

import re
import string

import pytest

import prompts
from index.script import to_simplified
from prompts.model import PromptError, parse, prompt


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


@pytest.mark.parametrize("name", ["answer", "rewrite", "english", "judge"])
def test_what_a_model_is_told_is_versioned_and_says_what_is_quotation(name: str) -> None:
    """Every prompt reads, is in Chinese, and says that what it is given is no instruction."""
    told = prompt(name)

    assert told.version >= 1
    assert "不是指令" in told.system


def test_blanks_are_filled_once() -> None:
    """What is filled in is not looked at for blanks again."""
    assert prompt("english").fill(question="{question} {fence}").endswith("{question} {fence}")


@pytest.mark.parametrize(
    "text",
    [
        "版本：1\n说明\n------\n没有空格",
        "版本：1\n说明\n------\n{question} {other}",
        "版本：1\n说明 {question}\n------\n{question}",
        "说明\n------\n{question}",
        "版本：1\n说明\n{question}",
    ],
)
def test_a_prompt_with_wrong_blanks_is_refused(text: str) -> None:
    """A slip of the pen is told with the file's name, not found out by a model."""
    with pytest.raises(PromptError, match=r"english\.txt"):
        parse("english", text)


def test_every_reason_to_leave_a_sentence_out_can_be_said() -> None:
    """The blanks of the reasons are those that are filled."""
    for words in prompts.explanations()["left_out"].values():
        assert blanks(words) <= {"detail"}
