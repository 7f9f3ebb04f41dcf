"""What a model learns from: the sections of the documents, an article and its items as one text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.clean import clean
from index.document import Document
from index.errors import UnreadableFileError, YoujuError
from index.load import find, load, printable
from index.parse import parse

LONGEST = 1_200  # characters up to which a section and those below it are one text
SHORTEST = 8  # characters; less says nothing
LABEL = re.compile(r"^第[^条\s]{1,8}条\s*")


class TrainingError(YoujuError):
    """Training cannot start or its result may not be kept; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Article:
    """One text with what stands above it; ``paths`` are those of the sections in it, as they are cited."""

    source: str
    title: str
    headings: tuple[str, ...]
    text: str
    paths: tuple[tuple[str, ...], ...]

    @property
    def searchable(self) -> str:
        """The words it is found by, as the index spells them."""
        return "\n".join([self.title, " ".join(self.headings), self.text])


def read_articles(folders: Sequence[Path]) -> tuple[Article, ...]:
    """Read the documents below the folders; a text that repeats under the same title is taken once.

    A file that cannot be read is passed over, as in the index, whose report says why. Raises
    TrainingError when nothing can be read.
    """
    found: dict[tuple[str, str], Article] = {}
    for folder in folders:
        for document in _documents(folder):
            for article in _articles(document):
                found.setdefault((article.title, article.text), article)
    if not found:
        names = "、".join(printable(str(folder)) for folder in folders)
        raise TrainingError(f"文件夹 {names} 里没有可以学习的文档（支持 txt、md、html）。请检查路径。")
    return tuple(found.values())


def _documents(folder: Path) -> Iterator[Document]:
    for path in find(folder).files:
        try:
            loaded = load(path, folder)
        except UnreadableFileError:
            continue
        cleaned = clean(loaded.text)
        yield from parse(loaded.source, loaded.sha256, loaded.text, cleaned.text)


def _articles(document: Document) -> Iterator[Article]:
    sections = document.sections
    at = 0
    while at < len(sections):
        first, end = sections[at], at + 1
        while end < len(sections) and sections[end].path[: len(first.path)] == first.path:
            end += 1
        if sections[end - 1].end - first.start > LONGEST:
            end = at + 1
        text = LABEL.sub("", document.text[first.start : sections[end - 1].end].strip())
        if len(text) >= SHORTEST:
            paths = tuple(dict.fromkeys(document.cited_path(section) for section in sections[at:end]))
            yield Article(document.source, document.title, document.trail(first), text, paths)
        at = end
