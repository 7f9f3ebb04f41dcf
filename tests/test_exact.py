"""Vectors compared one by one: the nearest inside a scope, whatever its size."""

from pathlib import Path

import numpy as np
import pytest

from index import exact
from index.amend import write_database
from index.database import Database
from index.exact import Exact
from tests.test_amend import stored, unchanged


@pytest.fixture
def vectors() -> np.ndarray:
    """Unit vectors of 24 passages, the fourth of them zero."""
    rows = np.random.default_rng(3).standard_normal((24, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[3] = 0
    return rows


@pytest.fixture
def compared(vectors: np.ndarray, tmp_path: Path) -> Exact:
    """The vectors of twelve files of which the first is gone: numbers have a gap."""
    files = [stored(f"{number:02}") for number in range(12)]
    write_database(tmp_path / "p.sqlite", files, [vectors], {})
    write_database(tmp_path / "p.sqlite", [unchanged(file) for file in files[1:]], [], {})
    database = Database(tmp_path / "p.sqlite")
    opened = Exact(database)
    database.close()
    return opened


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("spans", [[(0, 24)], [(2, 4), (10, 14)], [(20, 21)], [(0, 2)], []])
def test_the_nearest_of_the_spans_are_found(
    spans: list[tuple[int, int]],
    few: int,
    compared: Exact,
    vectors: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many as asked for, best first, with their cosines; nothing that is gone, and no zero vector."""
    monkeypatch.setattr(exact, "FEW", few)
    question = vectors[12]
    inside = [n for start, stop in spans for n in range(start, stop) if n > 1 and n != 3]
    expected = sorted(inside, key=lambda number: -float(vectors[number] @ question))
    for depth in (1, 5, 100):
        found = compared.nearest(question, spans, depth)

        assert [number for number, _ in found] == expected[:depth]
        assert [score for _, score in found] == pytest.approx(
            [float(vectors[number] @ question) for number in expected[:depth]], abs=2e-3
        )


def test_the_vectors_of_some_passages_are_given(compared: Exact, vectors: np.ndarray) -> None:
    """In the order asked for, past the gap of what is gone."""
    assert np.allclose(compared.vectors([20, 2, 7]), vectors[[20, 2, 7]], atol=1e-3)


def test_a_base_without_passages_has_none(tmp_path: Path) -> None:
    """Nothing to compare with is no error."""
    write_database(tmp_path / "p.sqlite", [], [], {})
    database = Database(tmp_path / "p.sqlite")

    assert Exact(database).nearest(np.ones(4, dtype=np.float32), [(0, 5)], 3) == []
    database.close()
