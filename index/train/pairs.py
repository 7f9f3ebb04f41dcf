"""Pairs that belong together, from the documents alone: what is asked and what answers it.

Headings and their text, one half of a text and the other, a sentence and the rest, the telling words of
a text and the text, and questions made by rule.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.train.articles import Article
from index.train.asked import questions
from index.train.rows import Rows, Tokens, cut
from index.train.words import Saying, reworded

LONGEST = 128  # tokens of either side
SHORTEST = 5  # tokens of a text worth learning from
FEWEST_WORDS, MOST_WORDS = 2, 8  # of a query of telling words
SPOKEN_SHARE = 0.85  # share of the tokens of a question made by rule that is kept
SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+$")
EVEN = 0.5
EVERYDAY_SHARE = 0.4  # share of the official words of a query put as people say them


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Row n of ``asked`` belongs with row n of ``answers``; pairs of one ``article`` are no negatives."""

    asked: Rows
    answers: Rows
    article: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """The articles in tokens; the sentences of article n are from ``first[n]`` to before ``first[n + 1]``."""

    titles: Rows
    headings: Rows
    sentences: Rows
    first: NDArray[np.int64]

    def text(self, number: int) -> Tokens:
        """Return the tokens of an article's text."""
        return self.sentences.row(int(self.first[number]), int(self.first[number + 1]))

    def subject(self, number: int) -> Tokens:
        """Return the tokens of what stands above an article: title and headings."""
        return np.concatenate([self.titles.row(number), self.headings.row(number)])


def shelve(articles: Sequence[Article], tokenizer: Tokenizer) -> Shelf:
    """Cut the articles into tokens."""
    sentences: list[str] = []
    first = [0]
    for article in articles:
        sentences += [found for found in SENTENCE.findall(article.text) if found.strip()]
        first.append(len(sentences))
    return Shelf(
        cut(tokenizer, (article.title for article in articles)),
        cut(tokenizer, (" ".join(article.headings) for article in articles)),
        cut(tokenizer, sentences),
        np.asarray(first, dtype=np.int64),
    )


def pairs_of(
    shelf: Shelf, size: int, said: Mapping[int, Sequence[Tokens]], chance: np.random.Generator
) -> Pairs:
    """Return the pairs that the articles' own words give.

    ``said`` are the tokens that people say for an official word; some queries are put that way.
    """
    frequency = np.bincount(shelf.sentences.tokens, minlength=size)
    rarity = np.log1p(frequency.sum() / (50 * (1 + frequency)))
    asked: list[Tokens] = []
    answers: list[Tokens] = []
    article: list[int] = []

    def pair(question: Tokens, answer: Tokens) -> None:
        if len(question) and len(answer):
            asked.append(question[:LONGEST])
            answers.append(answer[:LONGEST])
            article.append(number)

    def spoken(tokens: Tokens) -> Tokens:
        return reworded(tokens, said, EVERYDAY_SHARE, chance)

    for number in range(len(shelf.first) - 1):
        start, end = int(shelf.first[number]), int(shelf.first[number + 1])
        text, subject, headings = shelf.text(number), shelf.subject(number), shelf.headings.row(number)
        if len(text) < SHORTEST:
            continue
        whole = np.concatenate([subject, text])
        if len(headings):
            pair(subject if chance.random() < EVEN else headings, text)
        if end - start >= 2:
            middle = (start + end) // 2
            rest = shelf.sentences.row(middle, end)
            above = subject if chance.random() < EVEN else subject[:0]
            pair(shelf.sentences.row(start, middle), np.concatenate([above, rest]))
            one = int(chance.integers(start, end))
            parts = [subject, shelf.sentences.row(start, one), shelf.sentences.row(one + 1, end)]
            pair(shelf.sentences.row(one), np.concatenate(parts))
        weights = rarity[text] / rarity[text].sum()
        count = min(len(text), int(chance.integers(FEWEST_WORDS, MOST_WORDS + 1)))
        telling = chance.choice(text, count, replace=False, p=weights)
        title = shelf.titles.row(number)
        named = chance.choice(title, min(len(title), 2), replace=False)
        pair(spoken(np.concatenate([telling, named]) if chance.random() < EVEN else telling), whole)
        sentence = shelf.sentences.row(int(chance.integers(start, end)))
        pair(spoken(sentence[chance.random(len(sentence)) < EVEN]), whole)
    return Pairs(Rows.of(asked), Rows.of(answers), np.asarray(article, dtype=np.int64))


def made_by_rule(
    articles: Sequence[Article],
    shelf: Shelf,
    tokenizer: Tokenizer,
    said: Mapping[int, Sequence[Tokens]],
    chance: np.random.Generator,
) -> Pairs:
    """Return the questions that rules make of the articles, each with its article."""
    made = [(n, text) for n, article in enumerate(articles) for text in questions(article.text, chance)]
    spoken = cut(tokenizer, (text for _, text in made))
    asked: list[Tokens] = []
    numbers: list[int] = []
    for row, (number, _) in enumerate(made):
        tokens = spoken.row(row)
        tokens = tokens[chance.random(len(tokens)) < SPOKEN_SHARE]
        if len(tokens) > 1:
            asked.append(reworded(tokens, said, EVERYDAY_SHARE, chance))
            numbers.append(number)
    whole = [np.concatenate([shelf.subject(n), shelf.text(n)])[:LONGEST] for n in numbers]
    return Pairs(Rows.of(asked), Rows.of(whole), np.asarray(numbers, dtype=np.int64))


def of_words(sayings: Sequence[Saying], tokenizer: Tokenizer, first: int) -> Pairs:
    """Return what people say, with each of the official words for it; each saying is an article of its own.

    The numbers of these articles begin with ``first``.
    """
    several = [
        (n, saying.said, official) for n, saying in enumerate(sayings, first) for official in saying.official
    ]
    asked, answers = (
        cut(tokenizer, (said for _, said, _ in several)),
        cut(tokenizer, (word for *_, word in several)),
    )
    kept = [row for row in range(len(several)) if len(asked.row(row)) and len(answers.row(row))]
    numbers = np.asarray([several[row][0] for row in kept], dtype=np.int64)
    return Pairs(
        Rows.of([asked.row(row) for row in kept]), Rows.of([answers.row(row) for row in kept]), numbers
    )


def joined(several: Sequence[Pairs]) -> Pairs:
    """Return all pairs as one."""
    return Pairs(
        Rows.joined([pairs.asked for pairs in several]),
        Rows.joined([pairs.answers for pairs in several]),
        np.concatenate([pairs.article for pairs in several]),
    )
