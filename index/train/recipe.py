"""The whole of training, spelled once: words -> tokens -> start -> pairs -> questions -> vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from tokenizers import Tokenizer

from index.train.articles import Article, read_articles
from index.train.contrast import Learner, Plan, learn
from index.train.lessons import PLAN, lessons, practise
from index.train.log import Asked, read_log
from index.train.pairs import joined, made_by_rule, of_words, pairs_of, shelve
from index.train.rows import Rows
from index.train.start import start_vectors
from index.train.vocabulary import choose, make_tokenizer, parts, with_traditional
from index.train.words import Saying, in_tokens, read_glossary, read_synonyms

DIMENSIONS = 256
SEED = 0
SAMPLE = 20_000  # texts that say which dimensions come first
FINE = 0.25  # share of the usual rate for a model that is only taken further
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from."""

    articles: Sequence[Article]
    log: Sequence[Asked] = ()
    synonyms: Sequence[Saying] = ()
    glossary: Sequence[Saying] = ()

    @classmethod
    def read(
        cls,
        documents: Sequence[Path],
        questions: Sequence[Path] = (),
        synonyms: Path | None = None,
        glossary: Path | None = None,
    ) -> "Material":
        """Read folders of documents, question logs and lists of words. Raises TrainingError."""
        articles = read_articles(documents)
        return cls(
            articles,
            read_log(questions, articles),
            read_synonyms(synonyms) if synonyms else (),
            read_glossary(glossary) if glossary else (),
        )

    @property
    def sayings(self) -> tuple[Saying, ...]:
        """All words that mean the same."""
        return (*self.synonyms, *self.glossary)


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """The tokens a model has, each with its log probability, and the vectors they begin with."""

    pieces: Sequence[tuple[str, float]]
    vectors: Vectors


def train(
    material: Material, begun: Beginning | None, tell: Callable[[str, float], None]
) -> tuple[Tokenizer, Vectors]:
    """Return the tokenizer and the token vectors that the material teaches.

    ``begun`` is a model to take further; its tokens stay. ``tell`` is given the step in Chinese and the
    share done. The same material gives the same vectors.
    """
    # On more cores sums are added up in another order, and the vectors would hang on the machine.
    with threadpool_limits(1):
        return _train(material, begun, tell)


def _train(
    material: Material, begun: Beginning | None, tell: Callable[[str, float], None]
) -> tuple[Tokenizer, Vectors]:
    articles = material.articles
    tell("选词", 0)
    pieces = begun.pieces if begun else _choose(material)
    tokenizer = make_tokenizer(pieces)
    shelf = shelve(articles, tokenizer)
    made_of = parts(pieces)
    size = len(pieces) + 1
    texts = Rows.of([np.concatenate([shelf.subject(n), shelf.text(n)]) for n in range(len(articles))])
    tell("起点", 0)
    if begun:
        own = _taken_apart(begun.vectors, made_of)
    else:
        own = start_vectors(texts.tokens, texts.starts, size, DIMENSIONS)
    learner = Learner(own, made_of)
    tell("配对", 0)
    chance = np.random.default_rng(SEED)
    said = in_tokens(material.sayings, tokenizer)
    pairs = joined(
        [
            pairs_of(shelf, size, said, chance),
            made_by_rule(articles, shelf, tokenizer, said, chance),
            of_words(material.sayings, tokenizer, len(articles)),
        ]
    )
    plan = Plan() if begun is None else replace(Plan(), rate=Plan().rate * FINE)
    learn(learner, pairs, plan, SEED, lambda share: tell("学文档", share))
    if material.log:
        given = lessons(material.log, shelf, tokenizer)
        practise(learner, given, PLAN, SEED, lambda share: tell("学提问", share))
    if begun:
        return tokenizer, learner.vectors
    grown, vectors = with_traditional(pieces, learner.vectors)
    return make_tokenizer(grown), turned(vectors, texts)


def _choose(material: Material) -> list[tuple[str, float]]:
    asked = (f"{asked.question}\n{asked.answer}" for asked in material.log)
    sayings = material.sayings
    taught = [word for saying in sayings for word in (*saying.said.split(), *saying.official)]
    return choose((article.searchable for article in material.articles), asked, taught)


def turned(vectors: Vectors, texts: Rows) -> Vectors:
    """Turn all vectors alike, so that the first dimensions tell most of the texts apart and may do alone."""
    sample = np.arange(0, len(texts), max(1, len(texts) // SAMPLE))
    rows = texts.bags(sample, len(vectors)) @ vectors
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    _, directions = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    result: Vectors = (vectors @ directions[:, ::-1]).astype(np.float32)
    return result


def _taken_apart(vectors: Vectors, made_of: sparse.csr_matrix) -> Vectors:
    """Return the own parts that make up these vectors: shorter words first, as longer ones contain them."""
    own = vectors.astype(np.float32).copy()
    inside = (made_of - sparse.identity(len(own), dtype=np.float32, format="csr")).tocsr()
    inside.eliminate_zeros()
    waiting = set(range(len(own)))
    done: set[int] = set()
    while waiting:
        ready = [
            n for n in waiting if done.issuperset(inside.indices[inside.indptr[n] : inside.indptr[n + 1]])
        ]
        own[ready] -= inside[ready] @ own
        done.update(ready)
        waiting.difference_update(ready)
    return own
