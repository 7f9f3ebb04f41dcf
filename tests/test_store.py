"""Vectors in Chroma, words in SQLite, generations on disk: what is written is what is read."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from index import generation as generations
from index.amend import write_database
from index.database import Database, StoredFile
from index.document import Document, Passage, Section
from index.errors import IndexUnusableError, YoujuError
from index.generation import BuildRunningError
from index.report import FileReport, Status
from index.store import VectorStore, write_vectors
from tests.folders import built


def rows(count: int, dimension: int = 8) -> np.ndarray:
    """Unit vectors that are all different."""
    vectors = np.random.default_rng(1).standard_normal((count, dimension)).astype(np.float32)
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_every_vector_finds_itself_first(tmp_path: Path) -> None:
    """Vectors written in blocks are all found again, with a cosine of one."""
    vectors = rows(250)
    blocks = [(list(range(s, s + 50)), [s // 50] * 50, vectors[s : s + 50]) for s in range(0, 250, 50)]
    write_vectors(tmp_path / "chroma", blocks)
    store = VectorStore(tmp_path / "chroma")

    assert store.count == 250
    assert [found[0][0] for found in store.nearest(vectors, 1)] == list(range(250))
    assert store.nearest(vectors[:1], 1)[0][0][1] == pytest.approx(1.0, abs=1e-5)
    store.close()


def test_neighbours_are_those_of_an_exact_search(tmp_path: Path) -> None:
    """The ten nearest are, but for a few, the ten of comparing with every vector."""
    vectors, questions = rows(2_000, 32), rows(50, 32)[::-1]
    write_vectors(tmp_path / "chroma", [(list(range(2_000)), [0] * 2_000, vectors)])
    store = VectorStore(tmp_path / "chroma")
    exact = [set(np.argsort(-(vectors @ question))[:10].tolist()) for question in questions]
    found = [{number for number, _ in hits} for hits in store.nearest(questions, 10)]
    store.close()

    assert sum(len(e & f) for e, f in zip(exact, found, strict=True)) >= 0.97 * 500


@pytest.mark.parametrize("count", [0, 1, 2])
def test_very_small_collections_work(count: int, tmp_path: Path) -> None:
    """None, one or two vectors; a zero vector is left out; asking for more than there are is fine."""
    vectors = np.vstack([rows(count), np.zeros((1, 8), dtype=np.float32)])
    write_vectors(tmp_path / "chroma", [(list(range(count + 1)), [0] * (count + 1), vectors)])
    store = VectorStore(tmp_path / "chroma")

    assert store.count == count
    assert [len(found) for found in store.nearest(rows(1), 10)] == [count]
    store.close()


def test_a_missing_vector_store_is_not_made(tmp_path: Path) -> None:
    """Opening a folder without a store is an error and leaves the folder as it was."""
    with pytest.raises(IndexUnusableError):
        VectorStore(tmp_path)

    assert list(tmp_path.iterdir()) == []


def document(name: str = "a") -> Document:
    """A document with two sections, whose raw text differs from its text."""
    text = "标题\n一、甲乙丙。\n（一）丁戊己。"
    sections = (Section(("一",), "甲乙丙", 3, 10), Section(("一", "(一)"), "", 10, len(text)))
    return Document(
        id=f"{name}-id",
        source=f"夹/{name}.txt",
        part="",
        title="标题",
        issuer="某县",
        place="某县",
        years=(2021, 2022),
        number="某政〔2021〕1号",
        date="2021-03-04",
        raw=text.replace("甲", "曱"),
        text=text,
        sections=sections,
    )


def stored(name: str = "a") -> StoredFile:
    """The document as a file with its passages."""
    one = document(name)
    passages = tuple(
        Passage(f"{one.id}:{n}:0", one, n, section.start, section.end)
        for n, section in enumerate(one.sections)
    )
    report = FileReport(one.source, "0" * 64, Status.ADDED, chrome=("首页 > 公开",), warnings=("有乱码",))
    return StoredFile(report, (one,), passages)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Documents, sections, passages, reports, facts and vectors come back equal."""
    files = [stored("a"), stored("b")]
    vectors = rows(4)
    write_database(tmp_path / "p.sqlite", files, [vectors[:3], vectors[3:]], {"model": "m"})
    database = Database(tmp_path / "p.sqlite")

    assert [asdict(file) for file in database.files()] == [asdict(file) for file in files]
    assert database.facts() == {"model": "m"}
    assert np.allclose(database.vectors(1, 4), vectors[1:], atol=1e-3)
    assert np.allclose(np.linalg.norm(database.vectors(0, 4), axis=1), 1, atol=1e-6)
    assert [row[0] for row in database.passages().values()] == [p.id for file in files for p in file.passages]
    database.close()


def test_a_vector_for_every_passage(tmp_path: Path) -> None:
    """A database with fewer vectors than passages is never finished."""
    with pytest.raises(ValueError, match="1 vectors for 2 passages"):
        write_database(tmp_path / "p.sqlite", [stored()], [rows(1)], {})


@pytest.mark.parametrize(("kept", "added"), [(0, b""), (0, b"x" * 5000), (1000, b"")])
def test_a_damaged_database_is_our_error(kept: int, added: bytes, tmp_path: Path) -> None:
    """An emptied, overwritten or cut file gives a sentence with what to run."""
    path = tmp_path / "p.sqlite"
    write_database(path, [stored()], [rows(2)], {})
    path.write_bytes(path.read_bytes()[:kept] + added)

    with pytest.raises(IndexUnusableError, match="python -m index build"):
        Database(path).documents()


def fake_generation(index: Path) -> Path:
    """A generation with one small file and a sound database where Chroma's would be."""
    folder = generations.begin(index)
    (folder / "chroma").mkdir()
    write_database(folder / "chroma" / "chroma.sqlite3", [], [], {})
    (folder / "words.txt").write_text(folder.name, "utf-8")
    generations.seal(folder)
    return folder


def test_the_newest_published_generation_is_current(tmp_path: Path) -> None:
    """Publishing switches; a generation that is sealed but not published does not serve."""
    with generations.writing(tmp_path):
        first = fake_generation(tmp_path)
        assert generations.current(tmp_path) is None
        generations.publish(tmp_path, first)
        fake_generation(tmp_path)

    assert generations.current(tmp_path) == first
    generations.verify(first)


def test_the_generation_before_is_kept_and_the_rest_removed(tmp_path: Path) -> None:
    """After a sweep there are the current generation and the one before: others may still read it."""
    with generations.writing(tmp_path):
        made = []
        for _ in range(3):
            made.append(fake_generation(tmp_path))
            generations.publish(tmp_path, made[-1])
        generations.begin(tmp_path)  # what a killed build leaves
        fake_generation(tmp_path)  # one killed just before it was published
        generations.sweep(tmp_path)

    assert sorted((tmp_path / "generations").iterdir()) == made[1:]
    assert generations.current(tmp_path) == made[2]


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    """One byte changed, a file gone or a file more, and the generation is unusable."""
    with generations.writing(tmp_path):
        folder = fake_generation(tmp_path)
    words = folder / "words.txt"
    whole = words.read_bytes()
    changes: list[Callable[[], object]] = [
        lambda: words.write_bytes(whole[:-1] + b"x"),
        words.unlink,
        lambda: (folder / "more.txt").write_text("x", "utf-8"),
        lambda: (folder / generations.SEAL).write_text("{}", "utf-8"),
        (folder / generations.SEAL).unlink,
    ]
    generations.verify(folder)
    for change in changes:
        change()

        with pytest.raises(IndexUnusableError, match="python -m index build"):
            generations.verify(folder)


def test_one_build_at_a_time(tmp_path: Path) -> None:
    """A second writer is told so, in this process or another; when the first has gone it may write."""
    code = (
        "import sys; from pathlib import Path; from index.generation import *\n"
        f"try:\n    with writing(Path({str(tmp_path)!r})): pass\n"
        "except BuildRunningError: sys.exit(7)"
    )
    with generations.writing(tmp_path):
        with pytest.raises(BuildRunningError, match="另一个"), generations.writing(tmp_path):
            pass
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_index_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file in the place of the folder gives a sentence, not a trace."""
    (tmp_path / "index").write_text("", "utf-8")

    with pytest.raises(YoujuError, match="不能写入"), generations.writing(tmp_path / "index"):
        pass


@pytest.mark.parametrize("pointer", ["", "../../etc", "000009-00000000", "\udcff"])
def test_a_pointer_to_nowhere_is_unusable(pointer: str, tmp_path: Path) -> None:
    """CURRENT holding anything but the name of a generation that is there is an error."""
    (tmp_path / "generations").mkdir()
    (tmp_path / "CURRENT").write_text(pointer, "utf-8", errors="surrogateescape")

    with pytest.raises(IndexUnusableError, match="python -m index build"):
        generations.current(tmp_path)


def test_reading_does_not_break_the_seal() -> None:
    """Opening Chroma and asking it changes nothing that the seal covers."""
    folder = generations.current(built()[1])
    assert folder is not None
    database = Database(folder / "passages.sqlite")
    for _ in range(3):
        store = VectorStore(folder / "chroma")
        store.nearest(database.vectors(0, 5), 3)
        store.close()

        generations.verify(folder)
    database.close()
