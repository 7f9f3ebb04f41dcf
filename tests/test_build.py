"""The pipeline: what a build takes in, leaves out, takes over, and says."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index import build as pipeline
from index import generation as generations
from index import intake, previous
from index.build import build
from index.clean import Cleaned, clean
from index.database import TRUTH
from index.derive import check_stores, write_stores
from index.embed import StaticEmbedder
from index.errors import IndexUnusableError, ModelUnavailableError, NothingIndexedError
from index.load import Loaded, load
from index.report import BuildReport, FileReport, Progress, Stage, Status, complaints, details, summary
from index.search import open_index
from tests.folders import built, plan, write_plans


def statuses(report: BuildReport) -> dict[str, Status]:
    """What became of each file."""
    return {file.source: file.status for file in report.files}


@pytest.fixture(autouse=True)
def stores_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write and check the stores here: two new processes a build would cost seconds a test.

    That they work as processes is shown by ``folders.built`` and the tests of killed builds.
    """

    def derive(generation: Path, base: Path | None = None) -> None:
        write_stores(*filter(None, [generation, base]))
        check_stores(*filter(None, [generation, base]))

    monkeypatch.setattr(pipeline, "derive", derive)


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the plans and of their index, to change."""
    documents, index = built()
    shutil.copytree(documents, tmp_path / "documents")
    shutil.copytree(index, tmp_path / "index")
    return tmp_path / "documents", tmp_path / "index"


def test_building_twice_changes_nothing(site: tuple[Path, Path]) -> None:
    """Nothing changed, no new generation, and the report says so."""
    before = generations.current(site[1])
    report = build(*site)

    assert generations.current(site[1]) == before
    assert not report.fresh
    assert set(statuses(report).values()) == {Status.UNCHANGED}
    assert "没有变化" in summary(report)


def test_only_changed_files_are_read_again(site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """One file changed, one gone, one new: the rest is taken over without being cleaned or parsed."""
    documents, index = site
    (documents / "plan-0.txt").write_text(plan("青禾县", 2021, 9), "utf-8")
    (documents / "plan-1.txt").unlink()
    (documents / "plan-9.txt").write_text(plan("临江县", 2024, 2), "utf-8")
    read: list[str] = []

    def watched(path: Path, root: Path) -> Loaded:
        read.append(path.name)
        return load(path, root)

    monkeypatch.setattr(intake, "load", watched)
    report = build(documents, index)

    assert read == ["plan-0.txt", "plan-9.txt"]
    assert statuses(report) == {
        "plan-0.txt": Status.CHANGED,
        "plan-2.txt": Status.UNCHANGED,
        "plan-9.txt": Status.ADDED,
    }
    assert report.removed == ("plan-1.txt",)
    assert "新增 1、更新 1、未变 1、移除 1" in summary(report)
    with open_index(index) as opened:
        assert [document.source for document in opened.documents] == [
            "plan-0.txt",
            "plan-2.txt",
            "plan-9.txt",
        ]
        assert any("9次" in hit.passage.text for hit in opened.search("青禾县学法不少于几次", limit=3))


def test_an_index_made_in_steps_equals_one_made_at_once(site: tuple[Path, Path], tmp_path: Path) -> None:
    """Taking files over gives the same documents, passages and hits as reading them all afresh."""
    documents, index = site
    (documents / "plan-3.txt").write_text(plan("临江县", 2024, 2), "utf-8")
    build(documents, index)
    build(documents, tmp_path / "afresh")
    with open_index(index) as stepped, open_index(tmp_path / "afresh") as afresh:
        for question in ("学法几次", "临江县评查多少件", "复议"):
            one, two = stepped.search(question), afresh.search(question)

            assert [(hit.passage.id, hit.passage.text) for hit in one] == [
                (hit.passage.id, hit.passage.text) for hit in two
            ]
            assert [hit.score for hit in one] == pytest.approx([hit.score for hit in two])


def test_a_change_of_the_pipeline_reads_every_file_again(
    site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the code that makes passages is another, nothing is taken over."""
    monkeypatch.setattr(previous, "pipeline_digest", lambda: "another")
    report = build(*site)

    assert report.fresh
    assert set(statuses(report).values()) == {Status.CHANGED}


def test_bad_files_are_named_and_the_rest_is_indexed(
    site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty, binary, crashing: each is left out with a reason that names it; the good ones are there."""
    documents, index = site
    (documents / "empty.txt").write_bytes(b"")
    (documents / "binary.txt").write_bytes(bytes(range(256)) * 40)
    for name in ("memory", "depth", "surprise"):
        (documents / f"{name}.txt").write_text(plan(f"{name}县"), "utf-8")
    errors = {"memory": MemoryError(), "depth": RecursionError(), "surprise": KeyError("x")}

    def failing(text: str) -> Cleaned:
        for name, error in errors.items():
            if text.startswith(name):
                raise error
        return clean(text)

    monkeypatch.setattr(intake, "clean", failing)
    report = build(documents, index)

    left_out = {file.source: file.reason for file in report.left_out}
    assert left_out.keys() == {"empty.txt", "binary.txt", "memory.txt", "depth.txt", "surprise.txt"}
    assert all(source in reason for source, reason in left_out.items())
    assert len(report.indexed) == 3


def test_a_file_that_takes_too_long_is_left_out(
    site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that some pattern never comes to an end with costs its own place and no other's."""
    (site[0] / "slow.txt").write_text(plan("慢县"), "utf-8")

    def slow(text: str) -> Cleaned:
        while text.startswith("慢县"):
            pass
        return clean(text)

    monkeypatch.setattr(intake, "clean", slow)
    monkeypatch.setattr(intake, "PATIENCE", 0.2)
    report = build(*site)

    (file,) = report.left_out
    assert "slow.txt" in file.reason
    assert "没有完" in file.reason
    assert len(report.indexed) == 3


def test_a_link_out_of_the_folder_is_not_followed(site: tuple[Path, Path], tmp_path: Path) -> None:
    """A link to a file elsewhere is reported and its words are not indexed."""
    documents, index = site
    (tmp_path / "secret.txt").write_text(plan("密县"), "utf-8")
    (documents / "link.txt").symlink_to(tmp_path / "secret.txt")
    report = build(documents, index)

    assert statuses(report)["link.txt"] is Status.UNREADABLE
    with open_index(index) as opened:
        assert not any("密县" in document.text for document in opened.documents)


def test_the_same_bytes_twice_are_indexed_once(site: tuple[Path, Path]) -> None:
    """The second file names the first; removing the first brings the second in."""
    documents, index = site
    shutil.copy(documents / "plan-0.txt", documents / "copy.txt")
    report = build(documents, index)

    assert statuses(report)["plan-0.txt"] is Status.DUPLICATE
    assert "copy.txt" in next(file.reason for file in report.left_out)
    assert len(report.indexed) == 3

    (documents / "copy.txt").unlink()
    report = build(documents, index)

    assert statuses(report)["plan-0.txt"] in (Status.ADDED, Status.CHANGED)
    assert report.removed == ("copy.txt",)


def test_a_bad_file_that_stays_does_not_rebuild(site: tuple[Path, Path]) -> None:
    """A file that cannot be read is said at every build, and makes a generation only once."""
    documents, index = site
    (documents / "empty.txt").write_bytes(b"")

    assert build(documents, index).fresh
    again = build(documents, index)
    assert not again.fresh
    assert [file.source for file in again.left_out] == ["empty.txt"]


def test_nothing_readable_is_an_error_and_the_old_index_stays(site: tuple[Path, Path]) -> None:
    """An emptied folder, a folder of bad files, or none at all never costs the index that was there."""
    documents, index = site
    before = generations.current(index)
    for path in documents.iterdir():
        path.unlink()
    with pytest.raises(NothingIndexedError, match="没有可以收录的文件"):
        build(documents, index)
    (documents / "empty.txt").write_bytes(b"")
    with pytest.raises(NothingIndexedError, match=r"empty\.txt"):
        build(documents, index)
    with pytest.raises(NothingIndexedError, match="没有文档文件夹"):
        build(documents / "none", index)

    assert generations.current(index) == before
    with open_index(index) as opened:
        assert opened.search("学法")


def test_a_model_that_is_not_there_leaves_the_old_index(
    site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong model is an error before anything is read or switched."""
    before = generations.current(site[1])
    monkeypatch.delattr(pipeline, "find")
    with pytest.raises(ModelUnavailableError):
        build(*site, model="/no/such/model")

    assert generations.current(site[1]) == before


def test_the_vectors_of_unchanged_passages_are_kept(
    site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only new passages are computed."""
    documents, index = site
    (documents / "plan-9.txt").write_text(plan("临江县"), "utf-8")
    computed: list[str] = []
    encode = StaticEmbedder.encode
    monkeypatch.setattr(
        StaticEmbedder,
        "encode",
        lambda self, texts: computed.extend(texts) or encode(self, texts),  # type: ignore[func-returns-value]
    )
    report = build(documents, index)

    new = next(file for file in report.files if file.source == "plan-9.txt")
    assert len(computed) == new.passages
    with open_index(index) as opened:
        assert opened.search("临江县评查多少件", limit=1)[0].passage.document.source == "plan-9.txt"


@pytest.mark.parametrize(
    "part",
    ["chroma", "keyword", "aside.json", "length.bin", ".managed.json", "meta.json"],
)
def test_a_damaged_index_is_made_again_from_what_is_whole(part: str, site: tuple[Path, Path]) -> None:
    """With the vector or keyword store lost, a build makes a new generation and re-reads no file."""
    documents, index = site
    folder = generations.current(index)
    assert folder is not None
    (lost,) = folder.rglob(part)
    shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    report = build(documents, index)

    assert report.fresh
    assert set(statuses(report).values()) == {Status.UNCHANGED}
    with open_index(index) as opened:
        assert opened.search("学法")


def test_an_index_of_an_older_version_is_made_anew(
    site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another version wrote is not read, however whole it is: every file is taken in again."""
    documents, index = site
    folder = generations.current(index)
    assert folder is not None
    with closing(sqlite3.connect(folder / TRUTH)) as connection:
        connection.execute("ALTER TABLE passages RENAME COLUMN words TO digest")
    monkeypatch.setattr(generations, "FORMAT", generations.FORMAT - 1)
    (folder / "seal.json").unlink()
    generations.seal(folder)
    monkeypatch.undo()
    with pytest.raises(IndexUnusableError):
        open_index(index)

    assert set(statuses(build(documents, index)).values()) == {Status.ADDED}
    with open_index(index) as opened:
        assert opened.search("学法")


@pytest.mark.parametrize(
    ("damaged", "content"), [("CURRENT", b"\xff"), ("seal.json", b"{}"), ("seal.json", b"")]
)
def test_a_damaged_seal_or_pointer_is_no_obstacle(
    damaged: str, content: bytes, site: tuple[Path, Path]
) -> None:
    """What cannot be proved whole is not taken over: every file is read again."""
    documents, index = site
    (path,) = index.rglob(damaged)
    path.write_bytes(content)
    report = build(documents, index)

    assert set(statuses(report).values()) == {Status.ADDED}
    with open_index(index) as opened:
        assert opened.search("学法")


@pytest.mark.parametrize("damage", ["empty", "garbage", "one character"])
def test_a_damaged_database_is_made_again_from_the_files(damage: str, site: tuple[Path, Path]) -> None:
    """With the truth itself changed, be it by one character SQLite cannot notice, nothing of it is kept."""
    documents, index = site
    folder = generations.current(index)
    assert folder is not None
    data = (folder / "passages.sqlite").read_bytes()
    changed = {"empty": b"", "garbage": b"garbage" * 1000}
    changed["one character"] = data.replace("不少于4次".encode(), "不少于9次".encode())
    assert changed[damage] != data
    (folder / "passages.sqlite").write_bytes(changed[damage])

    assert build(documents, index).fresh
    with open_index(index) as opened:
        assert opened.search("学法")
        assert "不少于4次" in opened.documents[0].text


def test_two_generations_are_kept(site: tuple[Path, Path]) -> None:
    """A reader of the generation before the current one may go on reading."""
    documents, index = site
    with open_index(index) as old:
        (documents / "plan-3.txt").write_text(plan("临江县"), "utf-8")
        build(documents, index)

        assert len(list((index / "generations").iterdir())) == 2
        assert old.search("学法")
        assert len(old.documents) == 3


def test_progress_goes_through_the_stages_in_order(tmp_path: Path) -> None:
    """A listener hears of reading, embedding and storing, and each ends at its total."""
    heard: list[Progress] = []
    build(write_plans(tmp_path / "documents"), tmp_path / "index", progress=heard.append)
    stages = list(dict.fromkeys(progress.stage for progress in heard))

    assert stages[0] is Stage.READ
    assert set(stages) == set(Stage)
    for stage in stages:
        last = [progress for progress in heard if progress.stage is stage][-1]
        assert last.done == last.total


def test_the_report_is_kept_with_the_generation() -> None:
    """What the build said of each file can be shown later, in numbers that agree with the index."""
    with open_index(built()[1]) as opened:
        reports = opened.reports

        assert [report.source for report in reports] == ["plan-0.txt", "plan-1.txt", "plan-2.txt"]
        assert sum(report.passages for report in reports) == opened.passage_count
        assert sum(report.sections for report in reports) == sum(len(d.sections) for d in opened.documents)
        assert all(report.encoding.startswith("utf-8") for report in reports)
        assert "plan-1.txt" in details(reports)


def test_a_file_report_survives_storing() -> None:
    """Every field comes back as it was."""
    report = FileReport(
        "a", "b", Status.UNREADABLE, "坏", "txt", "gb18030", 1, 2, 3, 4, 5, ("行",), True, ("注意",)
    )

    assert FileReport.from_json(report.to_json()) == report
    assert json.loads(report.to_json())["reason"] == "坏"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(site: tuple[Path, Path]) -> None:
    """A file that may not be read is left out with its name."""
    path = site[0] / "locked.txt"
    path.write_text(plan("锁县"), "utf-8")
    path.chmod(0)

    assert statuses(build(*site))["locked.txt"] is Status.UNREADABLE


def test_two_files_whose_names_look_alike_do_not_meet(site: tuple[Path, Path]) -> None:
    """The same name in UTF-8 and in GBK bytes, as unpacked twice: one is read, the other named."""
    documents, index = site
    for name in ("规划.txt".encode(), "规划.txt".encode("gb18030")):
        with open(os.path.join(os.fsencode(documents), name), "w", encoding="utf-8") as file:  # noqa: PTH118, PTH123
            file.write(plan("双县"))
    report = build(documents, index)

    assert [(file.source, file.indexed) for file in report.files if "规划" in file.source] == [
        ("规划.txt", False),
        ("规划.txt", True),
    ]
    assert not build(documents, index).fresh


def test_what_a_page_left_out_is_in_the_report(site: tuple[Path, Path]) -> None:
    """The lines of the site around a web page are told with the page chrome cut later."""
    page = "".join(f"<p>{line}</p>" for line in plan("页县").splitlines())
    (site[0] / "page.html").write_text(f"<nav>网站首页 无障碍浏览</nav><article>{page}</article>", "utf-8")
    report = build(*site)

    assert any("无障碍浏览" in line for file in report.files for line in file.chrome)


def test_what_was_put_right_is_said_once(site: tuple[Path, Path]) -> None:
    """A file cut short is read and named; a second build, which does not read it, does not repeat it."""
    (site[0] / "cut.txt").write_bytes(plan("截县").encode()[:-1])

    (line,) = complaints(build(*site))
    assert "cut.txt" in line
    assert "被截断" in line
    assert list(complaints(build(*site))) == []


def test_names_with_odd_characters_are_indexed(site: tuple[Path, Path]) -> None:
    """Spaces, line ends, quotes and bytes that are no UTF-8 in a name do not stop a build."""
    documents, index = site
    names = [b"a b'\".txt", b"line\nend.txt", "规划①🙂.txt".encode(), "规划".encode("gb18030") + b".txt"]
    for number, name in enumerate(names):
        with open(os.path.join(os.fsencode(documents), name), "w", encoding="utf-8") as file:  # noqa: PTH118, PTH123
            file.write(plan(f"第{number}县", 2010 + number))
    report = build(documents, index)

    assert len(report.indexed) == 7
    assert all(file.source.isprintable() for file in report.files)
