"""The bench of sizes: how its table is worked out; what it measures is printed and never asserted."""

from dataclasses import replace
from pathlib import Path

import pytest

from eval.processes import BenchError
from eval.scale import Size, exponent, recall, scale, table
from index.database import TRUTH, Database
from index.search import open_index
from tests.folders import built

SMALL = Size(5_000, 10, 2.0, 3.0, 10**8, 10**7, 1.0, 0.9, (1.0, 2.0), (5.0, 9.0), 1.0, 0.9, 10**7, 1.0)
LARGE = replace(SMALL, passages=500_000, build=200.0, disk=10**9, search_ms=(10.0, 20.0), recall=0.995)


def test_a_million_is_worked_out_from_the_growth() -> None:
    """What grew a hundredfold with the size grows on in step, and what grew tenfold by its root."""
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in table([SMALL, LARGE]).splitlines()}

    assert lines["build, s"].endswith("| 2 | 200 | 1.00 | 400 |")
    assert lines["search p50, ms"].endswith("| 1.0 | 10.0 | 0.50 | 14.1 |")
    assert lines["start to first answer, s"].endswith("| 1.0 | 1.0 | 0.00 | 1.0 |")
    assert "0.9950" in table([SMALL, LARGE])
    assert len({line.count("|") for line in table([SMALL, LARGE]).splitlines()}) == 1


@pytest.mark.parametrize(
    ("sizes", "costs", "power"),
    [
        ([5_000], [1.0], 0.0),
        ([10, 100], [1, 100], 0.0),
        ([10_000, 10_000], [1, 2], 0.0),
        ([10_000, 100_000], [0, 5], 0.0),
        ([10, 10_000, 100_000, 1_000_000], [7, 1, 100, 10_000], 2.0),
    ],
)
def test_the_exponent_is_of_the_large_ones(sizes: list[int], costs: list[float], power: float) -> None:
    """One size, small ones, twice the same, or no cost tell nothing."""
    assert exponent(sizes, costs) == pytest.approx(power)


def test_a_small_graph_finds_every_neighbour() -> None:
    """The graph's neighbours are compared with those of an exact search."""
    with open_index(built()[1]) as index:
        database = Database(built()[1] / "generations" / index.name / TRUTH)

        assert recall(index, database, ["学法几次", "案卷评查", "行政复议怎样申请"]) == 1.0
        database.close()


def test_a_folder_of_a_few_files_is_refused(tmp_path: Path) -> None:
    """There must be more files than are added to a base."""
    with pytest.raises(BenchError, match="太少"):
        list(scale(tmp_path, []))
