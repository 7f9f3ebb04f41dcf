"""Keyword search: BM25 over Chinese. The only door to tantivy.

The text is cut into our own tokens before tantivy sees it, joined by spaces and split at them
again, so that what is a word is decided in one place: ``tokens``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import rjieba
import tantivy

from index.document import Passage
from index.errors import IndexUnusableError
from index.generation import REMEDY

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[.:/%-]?[^\W_{HAN}]+)*%?")
FIRST_HAN = re.compile(rf"[{HAN}]")
PAIR = re.compile(rf"[{HAN}]{{2}}")
ANALYZER = "tokens"
# Fields of the same query that are scored together: bigrams and single characters, which reach words the
# question writes otherwise, over title, headings and text as one. Title, headings and whole words are
# fields of their own: summed with the others they rank worse (recall of the gold section at 1 on the
# development questions .55 against .72), so how much they say is left to ``index.ranking``.
BOOSTS = {"bigrams": 1.0, "characters": 0.6}
LONGEST_TERM = 200  # tantivy drops terms above 64 KiB; nothing anybody asks for is that long


def tokens(text: str) -> list[str]:
    """Cut text into search tokens, in order, repeats kept.

    NFKC and lower case first; a run of Han characters gives its overlapping bigrams (a single
    character gives itself), a run of letters or digits is one token, numbers kept whole (``2.5%``).
    """
    found: list[str] = []
    for run in RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if FIRST_HAN.match(run) and len(run) > 1:
            found.extend(run[start : start + 2] for start in range(len(run) - 1))
        else:
            found.append(run[:LONGEST_TERM])
    return found


def characters(text: str) -> list[str]:
    """Return the Han characters of a text, folded as ``tokens`` folds them, in order, repeats kept."""
    return FIRST_HAN.findall(unicodedata.normalize("NFKC", text))


def words(text: str) -> list[str]:
    """Cut text into dictionary words, folded as ``tokens`` folds them, in order, repeats kept."""
    found = rjieba.cut(unicodedata.normalize("NFKC", text).lower())
    return [word[:LONGEST_TERM] for word in found if RUN.fullmatch(word)]


# How the query, and the text of each field, is cut into terms.
FIELDS: dict[str, Callable[[str], list[str]]] = {
    "bigrams": tokens,
    "characters": characters,
    "words": words,
    "title": tokens,
    "headings": tokens,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What keyword search knows of a passage: its number, its document's number, what it is found by."""

    passage: int
    document: int
    title: str
    headings: str
    text: str

    @classmethod
    def of(cls, number: int, document: int, passage: Passage) -> "Entry":
        """Return what a passage is found by."""
        headings = " ".join(passage.document.trail(passage.home))
        return cls(number, document, passage.document.title, headings, passage.text)

    def terms(self, field: str) -> list[str]:
        """Return the terms of one field."""
        whole = "\n".join([self.title, self.headings, self.text])
        return FIELDS[field]({"title": self.title, "headings": self.headings}.get(field, whole))


def write_keyword_index(folder: Path, entries: Iterable[Entry]) -> None:
    """Write a keyword index of the entries into a new folder."""
    folder.mkdir(parents=True)
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("passage", stored=False, indexed=True, fast=True)
    builder.add_unsigned_field("document", stored=False, indexed=True, fast=True)
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name=ANALYZER, index_option="freq")
    _add(tantivy.Index(builder.build(), path=str(folder)), entries)


def extend_keyword_index(folder: Path, gone: Sequence[int], entries: Iterable[Entry]) -> None:
    """Take the passages with these numbers out of a keyword index and put the entries in.

    Files that are there are never changed: tantivy writes new ones and switches by a rename.
    """
    _add(tantivy.Index.open(str(folder)), entries, gone)


def _add(index: tantivy.Index, entries: Iterable[Entry], gone: Sequence[int] = ()) -> None:
    _register(index)
    # One thread: the order of the segments, and with it the order of equal scores, is then fixed.
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    if gone:  # by query: to delete by a term that is a number does nothing in this version
        writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "passage", list(gone)))
    for entry in entries:
        document = tantivy.Document()
        document.add_unsigned("passage", entry.passage)
        document.add_unsigned("document", entry.document)
        for field in FIELDS:
            document.add_text(field, " ".join(entry.terms(field)))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


class KeywordIndex:
    """A keyword index on disk, opened for reading. Safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        try:
            self._index = tantivy.Index.open(str(folder))
            _register(self._index)
            self._searcher = self._index.searcher()
        except (ValueError, OSError) as error:
            raise IndexUnusableError(f"关键词索引打不开（{error}）。{REMEDY}") from error

    @property
    def count(self) -> int:
        """How many passages are in the index."""
        return self._searcher.num_docs

    def document_frequency(self, token: str) -> int:
        """Count the passages that have a token of ``tokens``, or a single Han character, in their
        title, headings or text.
        """
        return max(self._searcher.doc_freq(field, token) for field in BOOSTS)

    def pairs(self) -> dict[str, int]:
        """Count the passages that hold each pair of Han characters in their title, headings or text."""
        terms = self._searcher.terms_with_prefix("bigrams", "")
        return {term: count for term, count in terms if len(term) == 2 and PAIR.fullmatch(term)}

    def search(
        self,
        query: str,
        limit: int,
        documents: Sequence[int] | None = None,
        boosts: Mapping[str, float] = BOOSTS,
    ) -> list[tuple[int, float]]:
        """Return passage numbers with their BM25 scores, best first, of the documents given or of all.

        ``boosts`` are the fields searched, and what each counts.
        """
        return self._found(query, limit, "document", documents, boosts)

    def scores(self, query: str, passages: Sequence[int], boosts: Mapping[str, float]) -> dict[int, float]:
        """Return the scores of these passages, those left out that hold no word of the query."""
        return dict(self._found(query, max(len(passages), 1), "passage", passages, boosts))

    def _found(
        self, query: str, limit: int, within: str, numbers: Sequence[int] | None, boosts: Mapping[str, float]
    ) -> list[tuple[int, float]]:
        schema = self._index.schema
        wanted = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(schema, field, term, "freq"), boost),
            )
            for field, boost in boosts.items()
            for term in dict.fromkeys(FIELDS[field](query))
        ]
        if not wanted or (numbers is not None and not numbers):
            return []
        query_ = tantivy.Query.boolean_query(wanted)
        if numbers is not None:
            inside = tantivy.Query.term_set_query(schema, within, list(numbers))
            query_ = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query_),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(inside, 0.0)),
                ]
            )
        found = self._searcher.search(query_, limit, count=False).hits
        places = self._searcher.fast_field_values("passage", [place for _, place in found])
        hits = [
            (number, float(score))
            for number, (score, _) in zip(places, found, strict=True)
            if isinstance(number, int)  # always: the field is a whole number and has no gaps
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def _register(index: tantivy.Index) -> None:
    index.register_tokenizer(ANALYZER, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
