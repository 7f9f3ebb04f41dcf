"""Cut sections into passages at sentence ends."""

import re
from collections.abc import Iterator

from index.document import Document, Passage

LIMIT = 400  # characters of a passage; a longer piece dilutes what a query can match

_SENTENCE_END = re.compile(r"[。！？；!?;\n][”’」』）)\]】\"']*\n?")
_CLAUSE_END = re.compile(r"[，,、：:\s]")


def chunk(document: Document) -> tuple[Passage, ...]:
    """Return the passages of a document in order; those of a section joined are the section."""
    return tuple(
        Passage(f"{document.id}:{number}:{part}", document, number, start, end)
        for number, section in enumerate(document.sections)
        for part, (start, end) in enumerate(_pieces(document.text, section.start, section.end))
    )


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield even pieces of at most LIMIT characters that tile ``start..end``."""
    while end - start > LIMIT:
        # Even pieces: a rest of ten characters would be a passage that says nothing.
        left = -(-(end - start) // LIMIT)
        cut = _cut(text, start, start + LIMIT, start + (end - start) // left)
        yield start, cut
        start = cut
    if start < end:
        yield start, end


def _cut(text: str, start: int, last: int, wanted: int) -> int:
    """Return the place in ``start..last`` to cut at: the sentence end nearest the wanted place."""
    for pattern in (_SENTENCE_END, _CLAUSE_END):
        ends = [match.end() for match in pattern.finditer(text, start, last) if match.end() > start]
        # A cut must leave the rest to fewer pieces, so it may not fall far short of the wanted place.
        ends = [at for at in ends if at - start >= (wanted - start) // 2]
        if ends:
            return min(ends, key=lambda at: abs(at - wanted))
    return last
