"""Fusion: from what keywords and vectors say of each candidate to one order.

A linear ranker weighs what each part says of a passage, what they say of its document as a whole, and
what is known of the passage without any question. Its weights are data, ``ranker.json``, fitted by
``python -m eval rank`` on questions whose answers are known. Who reads on behind the first few wants to
miss nothing: that part of a long list has weights of its own.
"""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.document import Passage

WEIGHTS = Path(__file__).with_name("ranker.json")
RANK_CONSTANT = 10.0  # how slowly 10 / (10 + rank) falls
FIRST = 10  # provisions of a list that stand as the best answers do; behind them none must be missed
UNRANKED = 1_000.0  # the rank of a passage that a part did not propose
PARTS = ("keyword", "words", "vector")  # what proposes candidates
FEATURES = (
    # The part's score as a share of its best, and its rank.
    "keyword",
    "keyword_rank",
    "words",
    "words_rank",
    # The cosine as it is, and its rank.
    "vector",
    "vector_rank",
    # How much of the best keyword score title and headings reach by themselves.
    "title",
    "headings",
    # What the other provisions of the document reach, by rank; the best cosine in the document.
    "document_keyword",
    "document_vector",
    "document_best",
    # Known without a question: the logarithms of the passage's length, the document's number of sections
    # and the length of its title. A long document with a short title is the one on its subject as a whole.
    "length",
    "sections",
    "title_length",
)

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidates:
    """The passages that may answer, one row each in every array.

    ``scores`` holds what each part, and keyword search in title and headings, says of every passage, also
    of those it did not propose; ``ranks`` the place in the part's list, from 1. ``documents`` and
    ``provisions`` are numbers that are alike where passages belong together.
    """

    numbers: Numbers
    scores: Mapping[str, Floats]
    ranks: Mapping[str, Floats]
    documents: Numbers
    provisions: Numbers
    lengths: Floats
    sections: Floats
    title_lengths: Floats

    @classmethod
    def of(
        cls,
        passages: Sequence[tuple[int, int, Passage]],
        proposed: Mapping[str, Sequence[int]],
        scores: Mapping[str, Mapping[int, float]],
    ) -> "Candidates":
        """Return candidates from passages with their numbers and their documents' numbers, what each part
        proposed, best first, and the scores; one that is missing is 0.
        """
        numbers = [number for number, _, _ in passages]
        places = {part: {n: rank for rank, n in enumerate(found, 1)} for part, found in proposed.items()}
        found = [passage for _, _, passage in passages]
        return cls(
            numbers=np.array(numbers, dtype=np.int64),
            scores={part: _floats(known.get(n, 0.0) for n in numbers) for part, known in scores.items()},
            ranks={part: _floats(ranks.get(n, UNRANKED) for n in numbers) for part, ranks in places.items()},
            documents=_alike(document for _, document, _ in passages),
            provisions=_alike((p.document, p.home.article or p.section) for p in found),
            lengths=_floats(p.end - p.start for p in found),
            sections=_floats(len(p.document.sections) for p in found),
            title_lengths=_floats(len(p.document.title) for p in found),
        )


def _floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _alike(keys: Iterable[Hashable]) -> Numbers:
    """Number the keys, equal ones alike."""
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def features(candidates: Candidates) -> Floats:
    """Return one row a candidate, one column a feature."""
    scores, ranks = candidates.scores, candidates.ranks
    most = max(float(scores["keyword"].max(initial=0)), 1e-9)
    columns = {
        "keyword": scores["keyword"] / most,
        "words": scores["words"] / max(float(scores["words"].max(initial=0)), 1e-9),
        "vector": scores["vector"],
        "title": scores["title"] / most,
        "headings": scores["headings"] / most,
        "document_keyword": _of_others(scores["keyword"], candidates),
        "document_vector": _of_others(scores["vector"], candidates),
        "document_best": _best(scores["vector"], candidates.documents),
        "length": np.log1p(candidates.lengths),
        "sections": np.log1p(candidates.sections),
        "title_length": np.log1p(candidates.title_lengths),
    }
    columns |= {f"{part}_rank": RANK_CONSTANT / (RANK_CONSTANT + ranks[part]) for part in PARTS}
    return np.stack([columns[name] for name in FEATURES], axis=1)


def _of_others(scores: Floats, candidates: Candidates) -> Floats:
    """Add up 1 / (10 + rank) of the document's other provisions, each ranked by its best passage."""
    best = _best(scores, candidates.provisions)
    _, first = np.unique(candidates.provisions, return_index=True)
    order = first[np.argsort(-best[first], kind="stable")]
    worth = np.zeros(int(candidates.provisions.max(initial=0)) + 1)
    worth[candidates.provisions[order]] = 1 / (RANK_CONSTANT + np.arange(len(order)))
    whole = np.zeros(int(candidates.documents.max(initial=0)) + 1)
    np.add.at(whole, candidates.documents[order], worth[candidates.provisions[order]])
    others: Floats = np.sqrt(np.maximum(whole[candidates.documents] - worth[candidates.provisions], 0))
    return others


def _best(scores: Floats, groups: Numbers) -> Floats:
    best = np.full(int(groups.max(initial=0)) + 1, -np.inf)
    np.maximum.at(best, groups, scores)
    return best[groups]


Ranked = tuple[int, float, dict[str, float]]  # number, score, and what each part said


def ranked(candidates: Candidates) -> list[Ranked]:
    """Return every candidate, best first.

    The score is 10 / (10 + rank): how likely a passage answers is not for search to say, and scores of
    two searches, one a place, are alike where the ranks are.
    """
    if not len(candidates.numbers):
        return []
    order = np.lexsort((candidates.numbers, -(features(candidates) @ weights())))
    return [
        (int(candidates.numbers[row]), _score(rank), _said(candidates, row)) for rank, row in enumerate(order)
    ]


def listed(candidates: Candidates, found: Sequence[Ranked]) -> list[Ranked]:
    """Return the best passage of every provision: the first provisions as ``found`` has them, which are all
    candidates in some order, then the others by the weights of long lists.
    """
    said = {number: why for number, _, why in found}
    rows = {number: row for row, number in enumerate(candidates.numbers.tolist())}
    best = long_list(candidates, [rows[number] for number, _, _ in found])
    numbers = candidates.numbers[best].tolist()
    return [(number, _score(rank), said[number]) for rank, number in enumerate(numbers)]


def long_list(candidates: Candidates, order: Sequence[int] | Numbers, long: Floats | None = None) -> Numbers:
    """Return the row of the best passage of every provision, of the first by an order of all rows, of the
    others by ``long``, the weights of long lists where none are given.
    """
    first = foremost(candidates.provisions, np.asarray(order, dtype=np.int64))[:FIRST]
    worth = features(candidates) @ (weights("long") if long is None else long)
    others = foremost(candidates.provisions, np.lexsort((candidates.numbers, -worth)))
    known = np.isin(candidates.provisions[others], candidates.provisions[first])
    return np.concatenate([first, others[~known]])


def foremost(groups: Numbers, order: Numbers) -> Numbers:
    """Leave of an order of rows the foremost of each group."""
    _, places = np.unique(groups[order], return_index=True)
    return order[np.sort(places)]


def reordered(found: Sequence[Ranked], scores: Sequence[float] | NDArray[np.float32]) -> list[Ranked]:
    """Put the first of a list in the order of scores, the best first; those without a score stay behind."""
    order = sorted(range(len(scores)), key=lambda place: (-float(scores[place]), place))
    again = [
        (found[place][0], _score(rank), {**found[place][2], "reranker": float(scores[place])})
        for rank, place in enumerate(order)
    ]
    return [*again, *found[len(scores) :]]


def _score(rank: int) -> float:
    return RANK_CONSTANT / (RANK_CONSTANT + rank)


def _said(candidates: Candidates, row: int) -> dict[str, float]:
    """Return the score and rank each part gave a passage, of the parts that proposed it."""
    said = {}
    for part in PARTS:
        if candidates.ranks[part][row] < UNRANKED:
            said[part] = float(candidates.scores[part][row])
            said[f"{part}_rank"] = float(candidates.ranks[part][row])
    return said


@cache
def weights(name: str = "weights") -> Floats:
    """Return the weight of each feature; those of long lists by the name ``long``."""
    stored = json.loads(WEIGHTS.read_text("utf-8"))[name]
    return np.array([stored[name] for name in FEATURES])
