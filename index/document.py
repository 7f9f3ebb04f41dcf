"""The nouns of the index: what a folder of official documents becomes.

Every offset counts characters of ``Document.text``, the cleaned text, so that a citation is always
``text[start:end]`` and can be proved by slicing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

HEAD = "文首"  # label of the text before the first numbered section
TAIL = "文末"  # label of a closing text that belongs to no numbered section


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered section's own words: from its label to the next label, subsections excluded.

    The sections of a document stand in reading order and tile its text: each starts where the one
    before it ends. ``path`` holds the labels from the top as printed, white space removed and
    brackets folded to ASCII: ``("十", "(二十七)")``, ``("附件1", "8")``, ``("第三章", "第十二条")``,
    ``("一", "二是")``. Two sections may share a path when the document numbers two rows alike.
    ``heading`` is the title without its label, empty where the section has none.
    """

    path: tuple[str, ...]
    heading: str
    start: int
    end: int

    @property
    def article(self) -> tuple[str, ...]:
        """The path down to the article, whose items are parts of it; empty outside articles."""
        for depth, label in enumerate(self.path, 1):
            if label.startswith("第") and "条" in label:
                return self.path[:depth]
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One official document. A file may hold several; then ``part`` tells them apart.

    Compared by identity: what is derived from a document can be remembered without hashing its text.

    ``id`` is made of the file's content hash, so the same bytes are the same document.
    ``source`` is the file's path inside the documents folder, with ``/``.
    ``years`` are the years the document is about, all of a range, ascending.
    ``date`` is the day it was issued or published, ISO 8601, empty where unknown.
    ``raw`` is the file's text before cleaning.
    """

    id: str
    source: str
    part: str
    title: str
    issuer: str
    place: str
    years: tuple[int, ...]
    number: str
    date: str
    raw: str = field(repr=False)
    text: str = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)

    def section_text(self, section: Section) -> str:
        """Return the section's own words."""
        return self.text[section.start : section.end]

    def trail(self, section: Section) -> tuple[str, ...]:
        """Return the headings from the top down to this section, empty ones left out."""
        known = _headings(self)
        above = [known.get(section.path[:depth], "") for depth in range(1, len(section.path))]
        return tuple(heading for heading in [*above, section.heading] if heading)

    def cited_path(self, section: Section) -> tuple[str, ...]:
        """Return the path that is unique in the file: the part's name first where there are parts."""
        return (self.part, *section.path) if self.part else section.path


@lru_cache(maxsize=32)
def _headings(document: Document) -> dict[tuple[str, ...], str]:
    """Return the headings by path, of sections that share one the first's."""
    return {section.path: section.heading for section in reversed(document.sections)}


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: one section or a piece of a long one, never across sections.

    The passages of a section, joined in order, give back the section. ``section`` is the position
    in ``document.sections``.
    """

    id: str
    document: Document
    section: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The passage's words."""
        return self.document.text[self.start : self.end]

    @property
    def home(self) -> Section:
        """The section the passage belongs to."""
        return self.document.sections[self.section]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look. An empty field leaves that side open; filled fields must all hold.

    ``places`` are places as ``Document.place`` spells them, ``documents`` are document ids.
    """

    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()

    def admits(self, document: Document) -> bool:
        """Tell whether the document lies inside."""
        return (
            (not self.places or document.place in self.places)
            and (not self.years or not document.years or bool(set(self.years) & set(document.years)))
            and (not self.documents or document.id in self.documents)
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, its fused score (higher is better), and the scores that made it."""

    passage: Passage
    score: float
    why: Mapping[str, float]


def address(path: tuple[str, ...]) -> str:
    """Write a path as officials cite it: ``十、(二十七)``, ``附件3四、1.``, ``第三章第十二条``.

    A bare Chinese numeral takes ``、``; a bare row number is written 第N项.
    """
    words = []
    for label in path:
        if label.isdigit():
            words.append(f"第{label}项")
        elif all(character in "一二三四五六七八九十百零〇" for character in label):
            words.append(f"{label}、")
        else:
            words.append(label)
    return "".join(words).rstrip("、")
