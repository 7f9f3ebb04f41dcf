"""Which documents were ever indexed: a link to one that was replaced finds the file it came from."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from bot.state.connection import Database
from bot.state.tables import SEEN
from index.document import Document

_AT_ONCE = 500  # ids in one statement


class Seen:
    """File and part of every document that was ever served, by its id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, documents: Iterable[Document]) -> None:
        """Remember where documents come from; of the same document the file named last counts."""
        wanted = {document.id: (document.source, document.part) for document in documents}
        ids = list(wanted)
        with self._database.writing() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                rows = connection.execute(select(SEEN).where(SEEN.c.id.in_(some)))
                known = {row.id: (row.source, row.part) for row in rows}
                changed = [id_ for id_ in some if known.get(id_) != wanted[id_]]
                if changed:
                    connection.execute(delete(SEEN).where(SEEN.c.id.in_(changed)))
                    values = [
                        dict(zip(("id", "source", "part"), (i, *wanted[i]), strict=True)) for i in changed
                    ]
                    connection.execute(insert(SEEN), values)

    def source(self, document_id: str) -> tuple[str, str] | None:
        """Return the file and the part a document came from, None where it was never served."""
        with self._database.reading() as connection:
            row = connection.execute(select(SEEN).where(SEEN.c.id == document_id)).one_or_none()
        return None if row is None else (row.source, row.part)
