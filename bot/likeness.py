"""How much of a question a text says, in the same words or in others that mean nearly the same.

Each token of the question is held against the nearest token of the text by the cosine of their vectors
(the sum of maxima of ColBERT, Khattab and Zaharia 2020, here over the vectors of the static model). A
token counts by the length of its vector: training makes those long that tell one text from another.
"""

import itertools
import re
import weakref
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.sentences import units
from bot.words import fold
from index.document import Document

_LAST_CLAUSE = re.compile(r"[^,，。;；!！?？]+[,，。;；!！?？]*$")

Numbers = NDArray[np.intp]
Rows = NDArray[np.float32]


class Tokens(Hashable, Protocol):
    """What cuts a text into tokens and knows how near they are (``index.embed.StaticEmbedder``)."""

    def tokens(self, text: str) -> Numbers:
        """Return the numbers of a text's tokens."""
        ...

    def lengths(self, tokens: Numbers) -> Rows:
        """Return how much each token tells."""
        ...

    def cosines(self, tokens: Numbers, others: Numbers) -> Rows:
        """Return how near each token is to each of the others."""
        ...


@dataclass(frozen=True, slots=True)
class Likeness:
    """The share of the question that a unit says with its headings and title, and the share of the last
    clause of the question, where a story asks; both 0 to 1.
    """

    whole: float
    closing: float


def likeness(
    model: Tokens, wording: str, sections: Sequence[tuple[Document, int]]
) -> Mapping[tuple[str, int], list[Likeness]]:
    """Return how alike the question and each unit of each section are, by document id and section.
    ``wording`` is the folded question.
    """
    clause = _LAST_CLAUSE.search(wording)
    start = clause.start() if clause else 0
    before, last = model.tokens(wording[:start]), model.tokens(wording[start:])
    asked = np.concatenate([before, last])
    cut = [_tokens(weakref.ref(model), document, section) for document, section in sections]
    pieces = [piece for of_section in cut for piece in of_section]
    lengths = model.lengths(asked)
    if not lengths.any() or not any(map(len, pieces)):
        return {
            (document.id, section): [Likeness(0.0, 0.0)] * (len(of_section) - 1)
            for (document, section), of_section in zip(sections, cut, strict=True)
        }
    closing = lengths * (np.arange(len(asked)) >= len(before))
    closing = closing if closing.any() else lengths
    # Each token of the sections is compared once, however often it stands there.
    known, places = np.unique(np.concatenate(pieces), return_inverse=True)
    near = np.maximum(model.cosines(asked, known), 0.0).T
    # An empty piece has nothing near; reduceat would give it its neighbour's first token.
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = ends - [len(piece) for piece in pieces]
    nearest = np.maximum.reduceat(near[places], np.minimum(starts, len(places) - 1), axis=0)
    nearest[starts == ends] = 0.0
    shares = np.stack([lengths / lengths.sum(), closing / closing.sum()], axis=1)
    found = {}
    first = 0
    for (document, section), of_section in zip(sections, cut, strict=True):
        above, own = nearest[first], nearest[first + 1 : first + len(of_section)]
        said = np.maximum(own, above) @ shares
        found[document.id, section] = [Likeness(float(whole), float(end)) for whole, end in said]
        first += len(of_section)
    return found


@lru_cache(maxsize=20_000)  # sections, as ``bot.sentences.units``
def _tokens(known_by: "weakref.ref[Tokens]", document: Document, section: int) -> tuple[Numbers, ...]:
    """Return the tokens of a section's headings and title, then those of each of its units.

    The model is only referred to: each index has one, of tens of megabytes, which must go when it does.
    """
    model = known_by()
    assert model is not None
    trail = fold("/".join((*document.trail(document.sections[section]), document.title)))
    said = [unit.folded for unit in units(document, section)]
    return tuple(model.tokens(text) for text in itertools.chain([trail], said))
