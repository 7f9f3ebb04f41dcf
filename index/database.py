"""passages.sqlite: the truth of a generation. Everything else in it is made from this file.

It is written once, aside, and only read afterwards, so readers open it immutable: no lock, no
journal, no way to write by mistake.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from index.document import Document, Passage, Section
from index.errors import IndexUnusableError
from index.generation import REMEDY
from index.report import FileReport

TRUTH = "passages.sqlite"
SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (number INTEGER PRIMARY KEY, source TEXT NOT NULL, report TEXT NOT NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES files, id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL, part TEXT NOT NULL, title TEXT NOT NULL, issuer TEXT NOT NULL,
    place TEXT NOT NULL, years TEXT NOT NULL, official_number TEXT NOT NULL, date TEXT NOT NULL,
    raw TEXT, text TEXT NOT NULL);
CREATE TABLE sections (
    document INTEGER NOT NULL REFERENCES documents, position INTEGER NOT NULL, path TEXT NOT NULL,
    heading TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    PRIMARY KEY (document, position)) WITHOUT ROWID;
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL REFERENCES documents,
    section INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL);
CREATE TABLE vectors (passage INTEGER PRIMARY KEY REFERENCES passages, vector BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as stored: its report, the documents it holds and their passages in reading order."""

    report: FileReport
    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]


def write_database(
    path: Path,
    files: Sequence[StoredFile],
    vectors: Iterable[NDArray[np.float32]],
    facts: Mapping[str, str],
) -> None:
    """Write a new database.

    ``vectors`` are blocks of rows, together one row a passage in the order of the passages. What
    was written is on the disk only after the caller has synced the file.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        # Nobody reads this file before it is complete, and a killed build is thrown away whole.
        connection.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;" + SCHEMA)
        connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        document_number = passage_number = 0
        for file_number, file in enumerate(files):
            connection.execute(
                "INSERT INTO files VALUES (?, ?, ?)",
                (file_number, file.report.source, file.report.to_json()),
            )
            numbers = {}
            for document in file.documents:
                numbers[document.id] = document_number
                _insert_document(connection, document_number, file_number, document)
                document_number += 1
            connection.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (number, p.id, numbers[p.document.id], p.section, p.start, p.end)
                    for number, p in enumerate(file.passages, passage_number)
                ],
            )
            passage_number += len(file.passages)
        stored = 0
        for block in vectors:
            connection.executemany(
                "INSERT INTO vectors VALUES (?, ?)",
                [(number, row.tobytes()) for number, row in enumerate(block, stored)],
            )
            stored += len(block)
    if stored != passage_number:
        raise ValueError(f"{stored} vectors for {passage_number} passages")


def _insert_document(connection: sqlite3.Connection, number: int, file: int, document: Document) -> None:
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            file,
            document.id,
            document.source,
            document.part,
            document.title,
            document.issuer,
            document.place,
            json.dumps(document.years),
            document.number,
            document.date,
            # Most documents need no cleaning; their text is stored and held once.
            None if document.raw == document.text else document.raw,
            document.text,
        ),
    )
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, position, json.dumps(s.path, ensure_ascii=False), s.heading, s.start, s.end)
            for position, s in enumerate(document.sections)
        ],
    )


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
        return tuple(
            FileReport.from_json(str(report))
            for (report,) in self._rows("SELECT report FROM files ORDER BY number")
        )

    def documents(self) -> tuple[Document, ...]:
        """Return every document, in order of number."""
        sections: dict[int, tuple[Section, ...]] = {
            number: tuple(Section(tuple(json.loads(row[1])), row[2], row[3], row[4]) for row in rows)
            for number, rows in groupby(
                self._rows(
                    'SELECT document, path, heading, start, "end" FROM sections ORDER BY document, position'
                ),
                key=lambda row: row[0],
            )
        }
        return tuple(
            Document(
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
                " raw, text FROM documents ORDER BY number"
            )
        )

    def passages(self) -> list[tuple[str, int, int, int, int]]:
        """Return every passage in order of number: id, document number, section, start, end."""
        return self._rows('SELECT id, document, section, start, "end" FROM passages ORDER BY number')

    def files(self) -> Iterator[StoredFile]:
        """Yield every file with its documents and passages, as they were written."""
        documents = self.documents()
        home = [file for (file,) in self._rows("SELECT file FROM documents ORDER BY number")]
        held: dict[int, list[Document]] = {}
        for document, file in zip(documents, home, strict=True):
            held.setdefault(file, []).append(document)
        passages: dict[int, list[Passage]] = {}
        for id_, owner, section, start, end in self.passages():
            passages.setdefault(home[owner], []).append(Passage(id_, documents[owner], section, start, end))
        for number, report in enumerate(self.reports()):
            yield StoredFile(report, tuple(held.get(number, ())), tuple(passages.get(number, ())))

    def vectors(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the vectors of the passages numbered from start to stop, one row each."""
        rows = self._rows(
            "SELECT vector FROM vectors WHERE passage >= ? AND passage < ? ORDER BY passage", (start, stop)
        )
        if not rows:
            return np.zeros((0, 0), dtype=np.float32)
        return np.frombuffer(b"".join(row[0] for row in rows), dtype=np.float32).reshape(len(rows), -1)

    def _rows(self, query: str, values: tuple[int, ...] = ()) -> list[tuple]:  # type: ignore[type-arg]
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise IndexUnusableError(f"passages.sqlite 已损坏（{error}）。{REMEDY}") from error
