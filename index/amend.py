"""Writing passages.sqlite: files that are new go in, files that are gone go out, all others stay.

A number once given to a document or a passage is never given to another, so that a store made from an
earlier generation can be carried on: what a number means never changes, it can only be gone.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from index.database import STORED, StoredFile
from index.document import Document, Passage
from index.embed import Vectors, searchable

EMPTY = 0.25  # share of a database that may lie waiting for what comes next
SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (number INTEGER PRIMARY KEY, source TEXT NOT NULL, report TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL REFERENCES files,
    id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, part TEXT NOT NULL, title TEXT NOT NULL,
    issuer TEXT NOT NULL, place TEXT NOT NULL, years TEXT NOT NULL, official_number TEXT NOT NULL,
    date TEXT NOT NULL, raw TEXT, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sections (
    document INTEGER NOT NULL REFERENCES documents, position INTEGER NOT NULL, path TEXT NOT NULL,
    heading TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    PRIMARY KEY (document, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES documents, section INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, words BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (passage INTEGER PRIMARY KEY REFERENCES passages, vector BLOB NOT NULL);
"""


def write_database(
    path: Path, files: Sequence[StoredFile], vectors: Iterable[Vectors], facts: Mapping[str, str]
) -> None:
    """Make the database hold these files and no others; one that is not there is made.

    A file indexed that comes without documents is there already and keeps its rows. ``vectors`` are blocks
    of rows, together one row a passage of the other files, in order. What was written is on the disk only
    after the caller has synced the file.
    """
    with closing(sqlite3.connect(path)) as connection:
        written, expected = _write(connection, files, vectors, facts)
        if written != expected:
            raise ValueError(f"{written} vectors for {expected} passages")
        free, pages = (
            connection.execute(f"PRAGMA {name}_count").fetchone()[0] for name in ("freelist", "page")
        )
        if free > pages * EMPTY:
            connection.execute("VACUUM")


def _write(
    connection: sqlite3.Connection,
    files: Sequence[StoredFile],
    vectors: Iterable[Vectors],
    facts: Mapping[str, str],
) -> tuple[int, int]:
    """Write everything; return how many vectors and how many passages came in."""
    with connection:
        # Nobody reads this file before it is complete, and a killed build is thrown away whole.
        connection.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;" + SCHEMA)
        connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
        homes = dict(connection.execute("SELECT source, file FROM documents"))
        kept = {f.report.source for f in files if f.report.indexed and not f.documents}
        _take_out(connection, [home for source, home in homes.items() if source not in kept])
        connection.execute("DELETE FROM files")
        first = passage = _unused(connection, "passages")
        fresh = max(homes.values(), default=-1) + 1
        for number, file in enumerate(files, fresh):
            known = file.report.source in kept and file.report.indexed
            connection.execute(
                "INSERT INTO files VALUES (?, ?, ?)",
                (
                    homes[file.report.source] if known else number,
                    file.report.source,
                    file.report.to_json(),
                ),
            )
            passage = _put_in(connection, number, file, passage)
        stored = first
        for block in vectors:
            rows = enumerate(block.astype(STORED), stored)
            connection.executemany(
                "INSERT INTO vectors VALUES (?, ?)", [(number, row.tobytes()) for number, row in rows]
            )
            stored += len(block)
    return stored - first, passage - first


def digest(passage: Passage) -> bytes:
    """Return the digest of the words a passage is found by: with them alone its vector changes."""
    return hashlib.blake2b(searchable(passage).encode("utf-8", "replace"), digest_size=16).digest()


def _take_out(connection: sqlite3.Connection, homes: Sequence[int]) -> None:
    connection.execute("CREATE TEMP TABLE gone (number INTEGER PRIMARY KEY)")
    rows = [(number, home) for number, home in connection.execute("SELECT number, file FROM documents")]
    wanted = set(homes)
    connection.executemany(
        "INSERT INTO gone VALUES (?)", [(number,) for number, home in rows if home in wanted]
    )
    connection.executescript(
        """
        DELETE FROM vectors WHERE passage IN (SELECT number FROM passages WHERE document IN gone);
        DELETE FROM passages WHERE document IN gone;
        DELETE FROM sections WHERE document IN gone;
        DELETE FROM documents WHERE number IN gone;
        DROP TABLE gone;
        """
    )


def _unused(connection: sqlite3.Connection, table: str) -> int:
    """Return the first number that was never given to a row of the table."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return row[0] + 1 if row else 0


def _put_in(connection: sqlite3.Connection, home: int, file: StoredFile, passage: int) -> int:
    """Write a file's documents and passages, the passages numbered from one on; return the next number."""
    numbers = {}
    for number, document in enumerate(file.documents, _unused(connection, "documents")):
        numbers[document.id] = number
        _insert_document(connection, number, home, document)
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (number, p.id, numbers[p.document.id], p.section, p.start, p.end, digest(p))
            for number, p in enumerate(file.passages, passage)
        ],
    )
    return passage + len(file.passages)


def _insert_document(connection: sqlite3.Connection, number: int, home: int, document: Document) -> None:
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            home,
            document.id,
            document.source,
            document.part,
            document.title,
            document.issuer,
            document.place,
            json.dumps(document.years),
            document.number,
            document.date,
            # Most files need no cleaning; their text is stored and held once.
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
