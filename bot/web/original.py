"""A document beside the raw text of its file: what cleaning changed, and where in the raw text it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.serving import Base
from bot.web.alignment import Alignment, align
from bot.web.pieces import Mark
from index.document import Document
from index.report import FileReport


@dataclass(frozen=True)
class Original:
    """A document with the others of its file, in order, and what the build reports of the file."""

    document: Document
    siblings: tuple[Document, ...]
    report: FileReport | None

    @classmethod
    def of(cls, base: Base, document: Document) -> "Original":
        """Find a document's file among those of a base."""
        siblings = tuple(other for other in base.documents.values() if other.source == document.source)
        report = next((report for report in base.reports if report.source == document.source), None)
        return cls(document, siblings, report)

    @property
    def damaged(self) -> bool:
        """Tell whether characters of the file were repaired or could not be."""
        return self.report is not None and self.report.repaired + self.report.unrepaired > 0

    @property
    def converted(self) -> bool:
        """Tell whether the file was written in traditional characters."""
        return self.report is not None and self.report.converted

    @property
    def cleaned_marks(self) -> Sequence[Mark]:
        """The changed characters of the cleaned text, with what they were."""
        if not self.damaged and not self.converted:
            return ()
        start, end = self._offset, self._offset + len(self.document.text)
        return [
            Mark(
                changed.start - start,
                changed.end - start,
                changed.change.value,
                self.document.raw[changed.raw_start : changed.raw_end],
            )
            for changed in self._alignment.changes
            if start <= changed.start < end
        ]

    @property
    def raw_marks(self) -> Sequence[Mark]:
        """The characters of the raw text that were changed, with what they became."""
        marks: list[Mark] = []
        text = "".join(document.text for document in self.siblings)
        for changed in self._alignment.changes:
            became = text[changed.start : changed.end]
            if marks and changed.raw_start < marks[-1].end:  # several went into one
                became = marks[-1].other + became
                changed_from = marks.pop().start
            else:
                changed_from = changed.raw_start
            marks.append(Mark(changed_from, changed.raw_end, changed.change.value, became))
        return marks

    @property
    def left_out(self) -> frozenset[int]:
        """Where the lines of the raw text begin that the cleaned text does not hold."""
        return frozenset(start for start, _ in self._alignment.left_out)

    @property
    def bounds(self) -> Sequence[int]:
        """Where each section of the document begins in the raw text, and where the last one ends.

        What stands in the raw text before the first document belongs to that, what stands behind one
        document to it.
        """
        raw = self.document.raw
        starts = [self._begin(self._offset + section.start) for section in self.document.sections]
        if starts and self._offset == 0:
            starts[0] = 0
        end = self._offset + len(self.document.text)
        last = self.document is self.siblings[-1]
        return [*starts, len(raw) if last else self._begin(end)]

    def raw_quote(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the raw text the words from start to end of the document's text stand."""
        first = self._alignment.raw_start(self._offset + start)
        return first, max(self._alignment.raw_end(self._offset + end), first)

    def _begin(self, offset: int) -> int:
        """Return where in the raw text a line begins, its indent included."""
        start = self._alignment.raw_start(offset)
        blank = len(self.document.raw[:start].rstrip(" \t\u3000\xa0"))
        return blank if self.document.raw[blank - 1 : blank] in ("", "\n") else start

    @cached_property
    def _offset(self) -> int:
        """Where the document begins in the cleaned text of its file."""
        before = self.siblings[: self.siblings.index(self.document)]
        return sum(len(document.text) for document in before)

    @cached_property
    def _alignment(self) -> Alignment:
        return _aligned(self.siblings, converted=self.converted, damaged=self.damaged)


@lru_cache(maxsize=16)
def _aligned(documents: tuple[Document, ...], *, converted: bool, damaged: bool) -> Alignment:
    text = "".join(document.text for document in documents)
    return align(documents[0].raw, text, converted=converted, damaged=damaged)
