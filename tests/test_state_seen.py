"""Where documents came from is remembered when they are gone."""

from dataclasses import replace
from pathlib import Path

from bot.state.database import State
from index.document import Document


def document(id: str, source: str, part: str = "") -> Document:
    """Return a document of no words."""
    return Document(id, source, part, "题", "", "", (), "", "", "", "", ())


def test_the_source_of_a_replaced_document_is_known(tmp_path: Path) -> None:
    """Documents of earlier generations are found by their ids, thousands at a time; a moved file's is new."""
    state = State(str(tmp_path / "state.sqlite"))
    many = [document(f"d{number}", f"{number}.txt") for number in range(2_001)]
    state.seen.note(many)
    state.seen.note(iter([document("new", "0.txt", "附件1"), replace(many[1], source="moved/1.txt")]))

    assert state.seen.source("d0") == ("0.txt", "")
    assert state.seen.source("d1") == ("moved/1.txt", "")
    assert state.seen.source("d2000") == ("2000.txt", "")
    assert state.seen.source("new") == ("0.txt", "附件1")
    assert state.seen.source("never") is None
    state.close()
