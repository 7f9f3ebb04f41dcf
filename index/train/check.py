"""How well vectors find what answers a question, and whether a new model may take an old one's place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.embed import Embedder
from index.train.articles import Article, TrainingError
from index.train.log import Asked

FIRST = 10  # places looked at
AT_ONCE = 64  # questions scored at a time; bounds the memory


@dataclass(frozen=True, slots=True)
class Figures:
    """Of ``questions`` questions: share with an answer among the first ten, and mean of 1 / first place."""

    questions: int
    found: float
    reciprocal: float

    def __str__(self) -> str:
        return (
            f"前 {FIRST} 名里有答案的 {self.found:.3f}，首个答案名次的倒数平均 {self.reciprocal:.3f}"
            f"（{self.questions} 题）"
        )

    def english(self) -> str:
        """Return the figures for the model's card."""
        found, reciprocal = f"{self.found:.3f}", f"{self.reciprocal:.3f}"
        return f"answer among the first {FIRST} {found}, MRR@{FIRST} {reciprocal}, n = {self.questions}"


def check(embedder: Embedder, articles: Sequence[Article], log: Sequence[Asked]) -> Figures:
    """Look for the answers of the questions among all articles and the texts that the log gives."""
    if not log:
        raise TrainingError("没有可以用来检查的题目。")
    given = list(dict.fromkeys(text for asked in log for text in asked.texts))
    place = {text: len(articles) + number for number, text in enumerate(given)}
    texts = embedder.encode([*(article.searchable for article in articles), *given])
    ranks: list[float] = []
    for start in range(0, len(log), AT_ONCE):
        batch = log[start : start + AT_ONCE]
        scores = np.stack([embedder.encode_query(asked.question) for asked in batch]) @ texts.T
        for asked, row in zip(batch, scores, strict=True):
            right = [*asked.articles, *(place[text] for text in asked.texts)]
            ranks.append(1.0 + float((row > row[right].max()).sum()))
    first = np.asarray(ranks)
    near = first <= FIRST
    return Figures(len(log), float(near.mean()), float((near / first).mean()))
