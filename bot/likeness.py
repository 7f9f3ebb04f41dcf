"""How much of a question a text says, in the same words or in others that mean nearly the same.

Each token of the question is held against the nearest token of the text by the cosine of their vectors
(the sum of maxima of ColBERT, Khattab and Zaharia 2020, here over the vectors of the static model). A
token counts by the length of its vector: training makes those long that tell one text from another.
"""

import itertools
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.sentences import units
from bot.words import fold
from index.document import Document

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


def likeness(
    model: Tokens, wording: str, sections: Sequence[tuple[Document, int]]
) -> Mapping[tuple[str, int], list[float]]:
    """Return the share of the question, 0 to 1, that each unit of each section says with its headings, by
    document id and section. ``wording`` is the folded question.
    """
    asked = model.tokens(wording)
    cut = [_tokens(model, document, section) for document, section in sections]
    pieces = [piece for of_section in cut for piece in of_section]
    if not len(asked) or not pieces:
        return {
            (document.id, section): [0.0] * (len(of_section) - 1)
            for (document, section), of_section in zip(sections, cut, strict=True)
        }
    lengths = model.lengths(asked)
    # Each token of the sections is compared once, however often it stands there.
    known, places = np.unique(np.concatenate(pieces), return_inverse=True)
    near = np.maximum(model.cosines(asked, known), 0.0).T
    # An empty piece has nothing near; reduceat would give it its neighbour's first token.
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = ends - [len(piece) for piece in pieces]
    nearest = np.maximum.reduceat(near[places], np.minimum(starts, len(places) - 1), axis=0)
    nearest[starts == ends] = 0.0
    found = {}
    first = 0
    for (document, section), of_section in zip(sections, cut, strict=True):
        above, own = nearest[first], nearest[first + 1 : first + len(of_section)]
        said = np.maximum(own, above) @ lengths / lengths.sum()
        found[document.id, section] = [float(share) for share in said]
        first += len(of_section)
    return found


@lru_cache(maxsize=20_000)  # sections, as ``bot.sentences.units``
def _tokens(model: Tokens, document: Document, section: int) -> tuple[Numbers, ...]:
    """Return the tokens of a section's headings, then those of each of its units."""
    trail = fold("/".join(document.trail(document.sections[section])))
    said = [unit.folded for unit in units(document, section)]
    return tuple(model.tokens(text) for text in itertools.chain([trail], said))
