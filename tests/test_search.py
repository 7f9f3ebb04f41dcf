"""Search: what is found, in which order, inside which scope; and an index that cannot be used."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import generation as generations
from index.aside import Aside
from index.document import Scope
from index.errors import IndexUnusableError, ModelUnavailableError
from index.search import Index, open_index
from tests.folders import COUNTIES, SHARED_SENTENCE, built


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """The three plans, open."""
    with open_index(built()[1]) as opened:
        yield opened


def test_the_section_that_answers_comes_first(index: Index) -> None:
    """Words of the question and the place in the title decide together."""
    passage = index.search("云溪县评查多少件案卷", limit=3)[0].passage

    assert passage.document.place == "云溪县" or "云溪县" in passage.document.title
    assert "50件" in passage.text


def test_hits_say_why(index: Index) -> None:
    """A hit carries the score and rank each part gave it; hits fall in score."""
    hits = index.search("行政复议怎样申请", limit=10)

    assert hits[0].why.keys() == {"keyword", "keyword_rank", "words", "words_rank", "vector", "vector_rank"}
    assert hits[0].why["keyword_rank"] == 1.0
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_question_that_is_no_unicode_is_searched(index: Index) -> None:
    """Bytes typed in another locale find what they spell; half a character breaks nothing."""
    question = "云溪县评查多少件案卷"
    bytes_ = question.encode().decode("ascii", "surrogateescape")

    assert index.search(bytes_) == index.search(question)
    assert index.search("\ud800复议") == index.search("?复议")


def test_an_index_that_may_only_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stores lock files; the message asks for rights, not for another build."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(IndexUnusableError, match="修改权限"):
        open_index(built()[1])


def test_an_index_of_another_user_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generation is closed to other users; the message names who may read it."""

    def forbid(*_arguments: object, **_options: object) -> None:
        raise PermissionError

    folder = generations.current(built()[1])
    assert folder is not None
    monkeypatch.setattr(Path, "read_text", forbid)
    with pytest.raises(IndexUnusableError, match="建索引的用户"):
        generations.verify(folder)


def test_the_same_sentence_in_three_counties_is_three_hits(index: Index) -> None:
    """Hits are told apart by passage, never merged by their words."""
    hits = index.search(SHARED_SENTENCE, limit=10)

    assert len({h.passage.document.id for h in hits if SHARED_SENTENCE in h.passage.text}) == len(COUNTIES)
    assert len({hit.passage.id for hit in hits}) == len(hits)


def test_a_scope_leaves_only_its_documents(index: Index) -> None:
    """Every hit lies inside the scope, and a scope finds what the whole base would bury."""
    for document in index.documents:
        hits = index.search(SHARED_SENTENCE, Scope(documents=(document.id,)), 5)

        assert {hit.passage.document.id for hit in hits} == {document.id}
        assert SHARED_SENTENCE in hits[0].passage.text


def test_a_scope_of_a_year_asks_each_document(index: Index) -> None:
    """Search keeps what ``Scope.admits`` keeps."""
    scope = Scope(years=(2022,))
    admitted = {document.id for document in index.documents if scope.admits(document)}
    found = {hit.passage.document.id for hit in index.search("执法", scope, 50)}

    assert found == admitted


def test_an_empty_scope_finds_nothing(index: Index) -> None:
    """A place without documents gives no hit rather than hits from elsewhere."""
    assert index.search("学法", Scope(places=("无此县",))) == []


def test_a_wide_scope_is_searched_in_the_graph(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing one by one and filtering neighbours give the same first hits."""
    scope = Scope(documents=tuple(document.id for document in index.documents[:2]))
    exact = [hit.passage.id for hit in index.search("案卷评查", scope, 5)]
    monkeypatch.setattr("index.search.EXACT", 0)

    assert [hit.passage.id for hit in index.search("案卷评查", scope, 5)] == exact


@pytest.mark.parametrize("query", ["", "   ", "🙂🙂", "\x00\x01", "？！", "q" * 10_000, "法" * 10_000])
def test_odd_questions_are_harmless(index: Index, query: str) -> None:
    """Nothing to look for finds little or nothing; nothing is raised."""
    assert len(index.search(query, limit=3)) <= 3


@pytest.mark.parametrize("limit", [-1, 0, 1, 7, 10_000])
def test_the_limit_is_kept(index: Index, limit: int) -> None:
    """At most as many hits as asked for, of all passages where more are asked for than there are."""
    assert len(index.search("法治政府建设", limit=limit)) == max(0, min(limit, index.passage_count))


@pytest.mark.parametrize("limit", [-1, 0, 1, 5, 100])
def test_a_provision_is_found_once(index: Index, limit: int) -> None:
    """The first are those of ``search``; behind them none comes twice, however many are wanted."""
    found = [hit.passage for hit in index.provisions("统一登记和评查多少件案卷", limit=limit)]
    first = [hit.passage for hit in index.search("统一登记和评查多少件案卷", limit=limit)]
    places = [(passage.document, passage.home.article or passage.section) for passage in found]

    assert found[:5] == first[:5]  # these plans are so short that every section is one passage
    assert len(places) == len(set(places)) <= max(limit, 0)


def test_passages_of_a_section_give_it_back(index: Index) -> None:
    """The passages of each section, joined in order, are the section's own words."""
    count = 0
    for document in index.documents:
        for position, section in enumerate(document.sections):
            passages = index.passages(document, position)
            count += len(passages)

            assert "".join(passage.text for passage in passages) == document.section_text(section)
    assert count == index.passage_count


def test_frequencies_are_of_passages(index: Index) -> None:
    """Every passage is found by its title's words; an unknown word is in none."""
    assert index.document_frequency("法治") == index.passage_count
    assert 0 < index.document_frequency("复议") < index.passage_count
    assert index.document_frequency("火箭") == 0


def test_many_threads_may_search_at_once(index: Index) -> None:
    """Answers of threads that search together equal those of one that searches alone."""
    questions = ["学法几次", "案卷评查", "复议申请", "调解室"] * 5
    alone = [[hit.passage.id for hit in index.search(question)] for question in questions]
    together: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        together[number] = [hit.passage.id for hit in index.search(questions[number])]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [together[number] for number in range(len(questions))] == alone


def test_threads_may_meet_at_the_first_search() -> None:
    """An index just opened, asked by several threads at once, opens each store once."""
    with open_index(built()[1]) as fresh:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(len(fresh.search("学法", limit=3))))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == [3] * 8


def test_a_warm_search_is_quick(index: Index) -> None:
    """The median of warm searches on a few documents is a few milliseconds; 50 is far from it."""
    seconds = []
    for _ in range(21):
        start = time.perf_counter()
        index.search("县政府常务会议每年学法不少于多少次")
        seconds.append(time.perf_counter() - start)

    assert sorted(seconds)[10] < 0.05


def copy(target: Path) -> tuple[Path, Path]:
    """A copy of the index to spoil, and its generation."""
    shutil.copytree(built()[1], target)
    folder = generations.current(target)
    assert folder is not None
    return target, folder


def test_what_the_graph_does_not_reach_is_found_all_the_same(tmp_path: Path) -> None:
    """A passage written down as out of reach is compared exactly, at its true place."""
    place, folder = copy(tmp_path / "index")
    with open_index(place) as whole:
        expected = [(hit.passage.id, hit.why["vector_rank"]) for hit in whole.search("调解室", limit=5)]
    replace(Aside.read(folder), unreached=tuple(range(4))).write(folder)
    generations.seal(folder)
    with open_index(place) as patched:
        found = [(hit.passage.id, hit.why["vector_rank"]) for hit in patched.search("调解室", limit=5)]

    assert found == expected


def test_a_missing_index_says_what_to_run(tmp_path: Path) -> None:
    """A folder that is not there, or empty, gives the command that builds one."""
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(IndexUnusableError, match="python -m index build --documents"):
            open_index(folder)


@pytest.mark.parametrize(
    "pattern",
    [
        "passages.sqlite",
        "chroma/chroma.sqlite3",
        "chroma/*/data_level0.bin",
        "keyword/*.term",
    ],
)
@pytest.mark.parametrize("spoil", ["cut", "flip", "remove"])
def test_a_damaged_file_is_found_before_it_is_opened(pattern: str, spoil: str, tmp_path: Path) -> None:
    """A file cut, gone, or with a byte turned over is noticed at opening, with what to run."""
    place, folder = copy(tmp_path / "index")
    path = next(iter(sorted(folder.glob(pattern))))
    data = bytearray(path.read_bytes())
    if spoil == "remove":
        path.unlink()
    elif spoil == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        # In SQLite's own file of Chroma only what breaks its structure can be told: the header is that.
        position = 3 if path.name == "chroma.sqlite3" else len(data) // 2
        data[position] ^= 0x55
        path.write_bytes(data)

    with pytest.raises(IndexUnusableError, match="python -m index build"):
        open_index(place)


def test_an_index_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another format, or another version of a library that wrote the files, is not opened."""
    place, _ = copy(tmp_path / "index")
    with monkeypatch.context() as patch:
        patch.setattr("index.generation.FORMAT", 99)
        with pytest.raises(IndexUnusableError, match="另一个版本"):
            open_index(place)
    monkeypatch.setattr("index.generation.version", lambda _: "0.0.1")

    with pytest.raises(IndexUnusableError, match="另一个版本"):
        open_index(place)


def test_another_model_than_the_builds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are never compared with vectors that another model made."""
    with open_index(built()[1]) as opened:
        monkeypatch.setattr("index.embed._digest", lambda _: "another")
        with pytest.raises(ModelUnavailableError, match="python -m index build"):
            opened.search("学法")
