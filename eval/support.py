"""Whether what is said is supported by what is cited for it: each sentence is held against the sections its
marks name, by the rules that hold back the sentences of the program's own model.
"""

import re
from collections.abc import Iterator, Sequence

from bot.conversation import LeftOut
from bot.generate import sentences
from bot.passage import Source
from bot.sentences import units, without_label
from bot.verify import MARK, verify
from eval.metrics import Cited, Reply
from index.document import Document

_LEADS_IN = re.compile(r"[:：]\s*$")


def supported(reply: Reply, documents: Sequence[Document], unmarked: bool) -> tuple[int, int]:
    """Return how many sentences are supported, and how many claim something.

    ``unmarked`` tells that sentences without a mark count, as unsupported; lines that lead in do not.
    """
    sources = [
        source
        for n, cited in enumerate(reply.citations, start=1)
        if (source := _source(cited, cited.n or n, documents)) is not None
    ]
    said = list(_claims(reply.text, unmarked))
    return sum(not isinstance(verify(without_label(one), sources), LeftOut) for one in said), len(said)


def _claims(text: str, unmarked: bool) -> Iterator[str]:
    for sentence in sentences([text]):
        bare = MARK.sub("", sentence).strip()
        marked = MARK.search(sentence)
        if re.search(r"\w", bare) and (marked or (unmarked and not _LEADS_IN.search(bare))):
            yield sentence.strip()


def _source(cited: Cited, n: int, documents: Sequence[Document]) -> Source | None:
    """Return the section cited; of several of that address the one that holds the quote."""
    at_address = [
        (document, number)
        for document in documents
        if document.source == cited.source
        for number, section in enumerate(document.sections)
        if document.cited_path(section) == cited.path
    ]
    at_address.sort(key=lambda one: cited.quote not in _words(*one))
    for document, number in at_address[:1]:
        return Source(n, document, document.sections[number], units(document, number))
    return None


def _words(document: Document, number: int) -> str:
    section = document.sections[number]
    return document.text[section.start : section.end]
