"""Reading passages.sqlite, the truth of a generation: everything else in it is made from this file.

It is written once, aside (``index.amend``), and only read afterwards, so readers open it immutable: no
lock, no journal, no way to write by mistake. Documents and passages go by numbers that no later
generation gives to others; they have gaps, and stand in no order but inside one document.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from index.document import Document, Passage, Section
from index.embed import Vectors, unit
from index.errors import IndexUnusableError
from index.generation import REMEDY
from index.report import FileReport

TRUTH = "passages.sqlite"
STORED = np.float16  # half the disk of 32 bits, and no similarity changes by more than one in ten thousand


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as stored: its report, the documents it holds and their passages in reading order."""

    report: FileReport
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]


Row = tuple[str, int, int, int, int]  # a passage: id, number of the document, section, start, end


class Database:
    """A passages.sqlite opened for reading. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexUnusableError(f"索引里没有 passages.sqlite。{REMEDY}")
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise IndexUnusableError(f"passages.sqlite 打不开（{error}）。{REMEDY}") from error
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def facts(self) -> dict[str, str]:
        """Return what was written about the generation as a whole."""
        return {str(name): str(value) for name, value in self._rows("SELECT name, value FROM facts")}

    def reports(self) -> tuple[FileReport, ...]:
        """Return the report of every file of the build, in order of name."""
        rows = self._rows("SELECT report FROM files ORDER BY source, number")
        return tuple(FileReport.from_json(str(report)) for (report,) in rows)

    def documents(self) -> dict[int, Document]:
        """Return every document by its number, in reading order: by source, then as they stand in it."""
        sections: dict[int, tuple[Section, ...]] = {
            number: tuple(Section(tuple(json.loads(row[1])), row[2], row[3], row[4]) for row in rows)
            for number, rows in groupby(
                self._rows(
                    'SELECT document, path, heading, start, "end" FROM sections ORDER BY document, position'
                ),
                key=lambda row: row[0],
            )
        }
        return {
            row[0]: Document(
                id=row[1],
                source=row[2],
                part=row[3],
                title=row[4],
                issuer=row[5],
                place=row[6],
                years=tuple(json.loads(row[7])),
                number=row[8],
                date=row[9],
                raw=row[11] if row[10] is None else row[10],
                text=row[11],
                sections=sections.get(row[0], ()),
            )
            for row in self._rows(
                "SELECT number, id, source, part, title, issuer, place, years, official_number, date,"
                " raw, text FROM documents ORDER BY source, number"
            )
        }

    def passages(self) -> dict[int, Row]:
        """Return every passage by its number, in reading order."""
        rows = self._rows(
            'SELECT p.number, p.id, p.document, p.section, p.start, p."end" FROM passages p'
            " JOIN documents d ON d.number = p.document ORDER BY d.source, p.number"
        )
        return {row[0]: row[1:] for row in rows}

    def numbers(self) -> frozenset[int]:
        """Return the number of every passage."""
        return frozenset(number for (number,) in self._rows("SELECT number FROM passages"))

    def known_words(self) -> dict[bytes, int]:
        """Return the number of a passage by the digest of the words it is found by."""
        return dict(self._rows("SELECT words, number FROM passages"))

    def files(self) -> Iterator[StoredFile]:
        """Yield every file with its documents and passages, as they were written."""
        documents = self.documents()
        homes = dict(self._rows("SELECT number, file FROM documents"))
        held: dict[int, list[Document]] = {}
        for number, document in documents.items():
            held.setdefault(homes[number], []).append(document)
        passages: dict[int, list[Passage]] = {}
        for id_, owner, section, start, end in self.passages().values():
            passages.setdefault(homes[owner], []).append(Passage(id_, documents[owner], section, start, end))
        for number, report in self._rows("SELECT number, report FROM files ORDER BY source, number"):
            yield StoredFile(
                FileReport.from_json(report), tuple(held.get(number, ())), tuple(passages.get(number, ()))
            )

    def vectors(self, start: int, stop: int) -> Vectors:
        """Return the unit vectors of the passages numbered from start to stop, one row each."""
        return unit(self.stored_vectors(start, stop)[1].astype(np.float32))

    def stored_vectors(self, start: int, stop: int) -> tuple[list[int], NDArray[np.float16]]:
        """Return the numbers there are from start to stop, and the vectors of those passages as stored:
        rounding has changed their lengths a little.
        """
        rows = self._rows(
            "SELECT passage, vector FROM vectors WHERE passage >= ? AND passage < ? ORDER BY passage",
            (start, stop),
        )
        stored = np.frombuffer(b"".join(row[1] for row in rows), dtype=STORED)
        return [row[0] for row in rows], stored.reshape(len(rows), -1 if rows else 0)

    def _rows(self, query: str, values: tuple[int, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise IndexUnusableError(f"passages.sqlite 已损坏（{error}）。{REMEDY}") from error
