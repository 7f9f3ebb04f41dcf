"""Keyword search: tokens, ranking, scope, frequencies."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexUnusableError
from index.keyword import Entry, KeywordIndex, characters, tokens, write_keyword_index


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("法治政府", ["法治", "治政", "政府"]),
        ("县", ["县"]),
        ("第3条", ["第", "3", "条"]),
        ("２０２１年", ["2021", "年"]),
        ("增长2.5%", ["增长", "2.5%"]),
        ("WiFi 6", ["wifi", "6"]),
        ("政发〔2021〕8号", ["政发", "2021", "8", "号"]),
        ("7×24小时", ["7", "24", "小时"]),
        ("，。！ \n\t", []),
        ("", []),
        ("〇七年", ["〇七", "七年"]),
        ("𠮷野家", ["𠮷野", "野家"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    """Han runs give bigrams, a lone character itself, letters and digits whole words, folded first."""
    assert tokens(text) == expected


@given(st.text())
def test_tokens_are_folded_and_hold_no_space(text: str) -> None:
    """Any text at all gives tokens that survive being joined by spaces and cut again."""
    found = tokens(text)

    assert " ".join(found).split() == found
    assert tokens(" ".join(found)) == found or any(len(token) == 2 for token in found)


def test_characters_are_the_han_characters() -> None:
    """Single characters are kept in order; digits, letters and marks are not among them."""
    assert characters("第3条：ABC法治") == ["第", "条", "法", "治"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    """Four passages of three documents."""
    folder = tmp_path_factory.mktemp("keyword") / "index"
    texts = ["常务会议每年学法四次", "执法案卷评查五十件", "会前学法制度", "the WiFi of the hall, 2.5%"]
    write_keyword_index(folder, (Entry(n, n // 2, "", "", text) for n, text in enumerate(texts)))
    return KeywordIndex(folder)


def test_the_passage_with_the_words_comes_first(index: KeywordIndex) -> None:
    """A passage that holds more of the question's rare words ranks above one that holds fewer."""
    assert index.search("案卷评查多少件", 10)[0][0] == 1
    assert [number for number, _ in index.search("学法", 10)][:2] == [2, 0]  # the shorter is more about it


def test_scores_fall(index: KeywordIndex) -> None:
    """Hits come best first, with positive scores."""
    scores = [score for _, score in index.search("会议学法案卷", 10)]

    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_a_scope_is_applied_before_ranking(index: KeywordIndex) -> None:
    """Only the documents given are looked into, and the limit counts what is left."""
    assert [number for number, _ in index.search("学法", 1, [0])] == [0]
    assert index.search("学法", 10, []) == []


def test_letters_and_digits_are_found_in_any_width_and_case(index: KeywordIndex) -> None:
    """Full-width and upper case ask for the same words."""
    assert [number for number, _ in index.search("ＷＩＦＩ", 10)] == [3]
    assert [number for number, _ in index.search("2.5%", 10)] == [3]


@pytest.mark.parametrize("query", ["", "，。！", "🙂🙂", "\x00\x1f", '"+-:(){}[]^~*?\\/ AND OR NOT'])
def test_a_question_without_words_finds_nothing_and_breaks_nothing(index: KeywordIndex, query: str) -> None:
    """There is no query syntax to trip over: a question is only ever words."""
    assert index.search(query, 10) == []


def test_document_frequency_counts_passages(index: KeywordIndex) -> None:
    """A token is counted once a passage; a single character too; an unseen one is zero."""
    assert index.document_frequency("学法") == 2
    assert index.document_frequency("学") == 2
    assert index.document_frequency("wifi") == 1
    assert index.document_frequency("火箭") == 0


def test_a_folder_that_is_no_index_is_said_to_be_unusable(tmp_path: Path) -> None:
    """An empty or missing folder is our error, with the command to run, not the library's."""
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(IndexUnusableError, match="python -m index build"):
            KeywordIndex(folder)
