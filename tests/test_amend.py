"""Writing passages.sqlite over and over: what it holds, and the numbers that things go by."""

import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.amend import digest, write_database
from index.database import Database, StoredFile
from index.document import Document, Passage, Section
from index.report import FileReport, Status

NAMES = "abcd"


def stored(name: str, version: int = 0, status: Status = Status.ADDED) -> StoredFile:
    """A file with one document of two sections, each a passage."""
    text = f"一、{name}甲{version}。\n二、{name}乙。"
    half = text.index("二")
    sections = (Section(("一",), "", 0, half), Section(("二",), "", half, len(text)))
    one = Document(f"{name}{version}", f"{name}.txt", "", name, "", "", (), "", "", text, text, sections)
    passages = tuple(
        Passage(f"{one.id}:{n}:0", one, n, section.start, section.end) for n, section in enumerate(sections)
    )
    return StoredFile(FileReport(one.source, one.id, status), (one,), passages)


def unchanged(file: StoredFile) -> StoredFile:
    """The file as a build gives it when it is in the database already."""
    return StoredFile(file.report, (), ())


def held(path: Path) -> tuple[list[dict[str, object]], dict[str, int], dict[str, list[float]]]:
    """What a database holds: its files, the numbers of the passages by id, and their vectors."""
    database = Database(path)
    numbers = {row[0]: number for number, row in database.passages().items()}
    vectors = {id_: database.vectors(n, n + 1)[0].tolist() for id_, n in numbers.items()}
    files = [asdict(file) for file in database.files()]
    database.close()
    return files, numbers, vectors


@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2), min_size=1), min_size=2, max_size=6)
)
@settings(max_examples=30, deadline=None)
def test_numbers_stay_and_are_never_given_again(
    tmp_path_factory: pytest.TempPathFactory, builds: list[dict[str, int]]
) -> None:
    """Whatever comes, changes and goes, the database holds just the files given; what stays keeps its
    number and its vector, and what comes gets a number that nothing had before.
    """
    path = tmp_path_factory.mktemp("amend") / "p.sqlite"
    before: dict[str, int] = {}
    numbers: dict[str, int] = {}
    given_before: set[int] = set()
    for build in builds:
        files = [stored(name, version) for name, version in sorted(build.items())]
        written = [
            unchanged(file) if before.get(n) == build[n] else file
            for n, file in zip(sorted(build), files, strict=True)
        ]
        count = sum(len(file.passages) for file in written)
        write_database(path, written, [np.eye(8, dtype=np.float32)[:count]], {})
        now, numbered, vectors = held(path)

        assert now == [asdict(file) for file in files]
        assert all(numbered[id_] == numbers[id_] for id_ in numbered.keys() & numbers.keys())
        assert not {number for id_, number in numbered.items() if id_ not in numbers} & given_before
        assert vectors.keys() == numbered.keys()
        before, numbers = dict(build), numbered
        given_before |= set(numbered.values())


def test_space_of_what_is_gone_is_given_back(tmp_path: Path) -> None:
    """A database most of which is gone does not stay as large as it was."""
    path = tmp_path / "p.sqlite"
    files = [stored(f"{n:04}") for n in range(300)]
    write_database(path, files, [np.zeros((600, 256), dtype=np.float32)], {})
    large = path.stat().st_size
    write_database(path, [unchanged(file) for file in files[:10]], [], {})

    assert path.stat().st_size < large / 5
    assert len(held(path)[1]) == 20


def test_a_copy_may_be_amended_while_the_other_is_read(tmp_path: Path) -> None:
    """What an open database tells does not change when its copy is written."""
    write_database(tmp_path / "p.sqlite", [stored("a")], [np.eye(2, dtype=np.float32)], {"model": "m"})
    database = Database(tmp_path / "p.sqlite")
    shutil.copyfile(tmp_path / "p.sqlite", tmp_path / "q.sqlite")
    write_database(tmp_path / "q.sqlite", [stored("b")], [np.eye(2, dtype=np.float32)], {"model": "n"})

    assert [document.title for document in database.documents().values()] == ["a"]
    assert database.facts() == {"model": "m"}
    database.close()


def test_a_digest_is_of_the_words_alone() -> None:
    """The same words in another file have the same digest, other words or another title another."""
    one, moved, other = stored("a", 0), stored("a", 0), stored("a", 1)

    assert digest(one.passages[0]) == digest(moved.passages[0]) != digest(other.passages[0])
    assert digest(one.passages[1]) == digest(other.passages[1])
