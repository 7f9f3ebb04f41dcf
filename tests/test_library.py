"""The documents of a site as operators keep them: nothing counts before it is published, nothing is lost."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from bot import folder as folders
from bot import rebuild
from bot.filename import NameRefusedError, safe_name, spelt
from bot.folder import FolderError
from bot.library import Library
from bot.rebuild import BusyError
from bot.shelf import Standing
from bot.staging import NotStagedError, Staged, TooLargeError, UploadError
from index import build as pipeline
from index.errors import YoujuError
from index.load import LARGEST
from index.report import BuildReport, Progress
from index.rollback import RollBackError
from tests.folders import plan
from tests.sites import SmallSite, build_here, derive_here, rebuilt, small_site

PLANS = ["plan-0.txt", "plan-1.txt", "plan-2.txt"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSite]:
    """A site whose rebuilds run in this process; ``test_a_new_file_answers`` has the real ones."""
    monkeypatch.setattr(rebuild, "build_apart", build_here)
    monkeypatch.setattr(pipeline, "derive", derive_here)
    with small_site(tmp_path) as opened:
        yield opened


def stage(library: Library, name: str, text: str | bytes, replaces: str = "") -> Staged:
    """Send a file whole."""
    with library.receive(name, replaces) as incoming:
        incoming.write(text.encode() if isinstance(text, str) else text)
        return incoming.finish()


def standings(library: Library) -> dict[str, Standing]:
    """Where each file stands."""
    return {held.source: held.standing for held in library.held()}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("方案.txt", "方案.txt"),
        ("  a b.HTML ", "a b.HTML"),
        ("cafe\u0301.md", "caf\u00e9.md"),
        ("<b>粗</b>.txt".replace("/", ""), "<b>粗<b>.txt"),
        ("con法.txt", "con法.txt"),
        ("二" * 78 + ".txt", "二" * 78 + ".txt"),
    ],
)
def test_a_good_name_is_kept(sent: str, name: str) -> None:
    """A name is taken as it is, composed and without white space at its ends."""
    assert safe_name(sent) == name


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "没有文件名"),
        ("   ", "没有文件名"),
        ("../../etc/passwd.txt", "路径"),
        ("a/b.txt", "路径"),
        ("..\\b.txt", "路径"),
        ("a\0.txt", "看不见"),
        ("a\n.txt", "看不见"),
        ("gpj\u202etxt.txt", "看不见"),
        ("a\u200b.txt", "看不见"),
        ("a\ud800.txt", "看不见"),
        (".hidden.txt", "隐藏"),
        ("~$方案.txt", "隐藏"),
        ("Thumbs.db", "隐藏"),
        ("CON.txt", "保留"),
        ("nul .txt", "保留"),
        ("com1.a.txt", "保留"),
        ("方案.pdf", "暂不支持.pdf"),
        ("方案", "没有扩展名"),
        ("方案.txt.exe", "暂不支持"),
        ("二" * 80 + ".txt", "太长"),
    ],
)
def test_a_bad_name_is_refused(sent: str, words: str) -> None:
    """What is a path, hidden, reserved, invisible, unread or too long is refused, in words to be shown."""
    with pytest.raises(NameRefusedError, match=words) as caught:
        safe_name(sent)

    assert str(caught.value).isprintable()


def test_a_name_in_gbk_is_read() -> None:
    """Bytes of a name are UTF-8, or else what old programs write."""
    assert spelt("法治.txt".encode()) == spelt("法治.txt".encode("gb18030")) == "法治.txt"
    assert spelt(b"\xff\xff") == "\xff\xff"


def test_nothing_counts_before_it_is_published(site: SmallSite) -> None:
    """A file that was sent waits with what a build would make of it; folder and index are as they were."""
    before = site.tree()
    library = site.library()

    staged = stage(library, "新县.txt", plan("新县"))

    assert staged.titles == ("新县2023年法治政府建设工作方案",)
    assert staged.report.indexed
    assert library.staging.preview(staged.id).documents[0].sections
    assert library.staging.all() == (staged,)
    assert site.library().staging.get(staged.id) == staged  # after a restart too
    assert site.tree() == before
    assert site.answering() == PLANS

    library.staging.discard(staged.id)

    assert library.staging.all() == ()
    with pytest.raises(NotStagedError):
        library.publish([staged.id])
    assert site.tree() == before


def test_a_new_file_answers(tmp_path: Path) -> None:
    """Published, it is in the folder; rebuilt, in a process of its own, it answers."""
    with small_site(tmp_path) as site:
        library = site.library()
        staged = stage(library, "新县.txt", plan("新县", 2024, 7))

        assert library.publish([staged.id]).sources == ("新县.txt",)
        assert library.work.running
        rebuilt()

        assert not library.work.failed
        assert "新增 1" in library.work.words
        assert site.answering() == [*PLANS, "新县.txt"]
        assert site.noted == [[*PLANS, "新县.txt"]]
        with site.serving.base() as base:
            assert "7次" in base.engine.ask("新县政府常务会议每年学法不少于几次？").answer.text
        assert standings(library)["新县.txt"] is Standing.SERVING
        assert library.staging.all() == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("假.txt", b"%PDF-1.7", "PDF"),
        ("空.txt", b"", "空文件"),
        ("压缩.html", b"PK\x03\x04" + b"\0" * 99, "压缩包"),
        ("二进制.txt", bytes(range(256)) * 40, "不是文本"),
    ],
)
def test_a_file_no_build_could_read_is_refused(
    name: str, content: bytes, words: str, site: SmallSite
) -> None:
    """What is empty or something else than its name says is refused with the reason, and leaves nothing."""
    library = site.library()
    with pytest.raises(UploadError, match=words) as caught:
        stage(library, name, content)

    assert name in str(caught.value)
    assert library.staging.all() == ()
    assert list((site.home / "library" / "staging").iterdir()) == []


def test_a_file_too_large_leaves_nothing(site: SmallSite) -> None:
    """Beyond the limit a file is refused while it comes, and what came is gone."""
    library = site.library()
    with library.receive("大.txt") as incoming:
        incoming.write(b"a" * LARGEST)
        with pytest.raises(TooLargeError, match="20 MB"):
            incoming.write(b"a")

    assert library.staging.all() == ()
    assert list((site.home / "library" / "staging").iterdir()) == []


def test_what_breaks_off_leaves_nothing(site: SmallSite) -> None:
    """Neither a broken connection nor a crash half way leaves a file that waits."""
    library = site.library()
    with library.receive("半.txt") as incoming:
        incoming.write(b"half")
        # the connection breaks off: the block is left before ``finish``

    assert list((site.home / "library" / "staging").iterdir()) == []

    (site.home / "library" / "staging" / "0123456789abcdef.part" / "content").mkdir(parents=True)
    (site.home / "library" / "kept" / "x.part").mkdir(parents=True)
    (site.documents / ".youju-0123456789abcdef.part").write_text("half", "utf-8")
    library = site.library()
    assert library.staging.all() == ()
    assert list((site.home / "library" / "staging").iterdir()) == []
    assert list((site.home / "library" / "kept").iterdir()) == []
    assert sorted(site.tree()) == PLANS


def test_a_full_disk_is_told(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk takes no more, that is said, and the folder is as it was."""
    library = site.library()
    staged = stage(library, "新县.txt", plan("新县"))
    before = site.tree()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    published = library.publish([staged.id])

    assert published.sources == ()
    assert "磁盘已满" in published.problems[0]
    assert site.tree() == before
    assert library.staging.all() == (staged,)
    library.rebuild()  # what was claimed for publishing was let go
    rebuilt()


def test_two_files_of_one_name_do_not_wait(site: SmallSite) -> None:
    """The second of two that would have one place is refused; the first stays as it was sent."""
    library = site.library()
    first = stage(library, "新县.txt", plan("新县"))
    with pytest.raises(UploadError, match="同名"):
        stage(library, "新县.txt", plan("另县"))

    assert library.staging.all() == (first,)


def test_a_replaced_file_is_kept(site: SmallSite) -> None:
    """Of the same name, the new words take the place of the old in one step, and the old are kept."""
    library = site.library()
    old = site.tree()["plan-0.txt"]
    staged = stage(library, "plan-0.txt", plan("青禾县", 2021, 9))

    assert library.effects([staged])[0].replaced == ("plan-0.txt",)
    library.publish([staged.id])
    rebuilt()

    (kept,) = library.kept()
    assert kept.source == "plan-0.txt"
    assert library._folder.kept_file(kept.id)[1].read_bytes() == old
    assert site.tree()["plan-0.txt"].decode() == plan("青禾县", 2021, 9)
    assert site.answering() == PLANS


def test_a_file_replaces_one_of_another_name(site: SmallSite) -> None:
    """In a folder below, a file of another name takes the place of the one it is meant for."""
    (site.documents / "县").mkdir()
    (site.documents / "县" / "旧.txt").write_text(plan("旧县"), "utf-8")
    library = site.library()
    staged = stage(library, "新.md", plan("新县"), replaces="县/旧.txt")

    assert staged.source == "县/新.md"
    assert library.effects([staged])[0].replaced == ("县/旧.txt",)
    library.publish([staged.id])
    rebuilt()

    assert sorted(site.tree()) == [*PLANS, "县/新.md"]
    assert site.answering() == [*PLANS, "县/新.md"]
    assert [kept.source for kept in library.kept()] == ["县/旧.txt"]
    with pytest.raises(FolderError, match="不能替换"), library.receive("a.txt", replaces="县/旧.txt"):
        pass


def test_what_is_to_be_replaced_has_gone(site: SmallSite) -> None:
    """Where the file meant to be replaced has gone in the meantime, nothing is put."""
    library = site.library()
    staged = stage(library, "新.txt", plan("新县"), replaces="plan-0.txt")
    (site.documents / "plan-0.txt").unlink()

    assert "已经不在" in library.publish([staged.id]).problems[0]
    assert "新.txt" not in site.tree()


def test_a_name_written_otherwise_is_the_same_name(site: SmallSite) -> None:
    """A file whose name looks the same but is decomposed (as a Mac writes it) is replaced, not doubled."""
    (site.documents / "re\u0301sume\u0301.txt").write_text(plan("旧县"), "utf-8")
    library = site.library()
    staged = stage(library, "r\u00e9sum\u00e9.txt", plan("新县"))

    assert len(library.effects([staged])[0].replaced) == 1
    library.publish([staged.id])
    rebuilt()

    assert len(site.tree()) == len(PLANS) + 1


def test_a_removed_file_is_kept_and_can_come_back(site: SmallSite) -> None:
    """Taken out, it answers no more; put back, it waits, and published it is where it was."""
    library = site.library()
    before = site.tree()
    library.remove("plan-1.txt")
    rebuilt()

    assert site.answering() == ["plan-0.txt", "plan-2.txt"]
    staged = library.restore(library.kept()[0].id)
    assert staged.source == "plan-1.txt"
    library.publish([staged.id])
    rebuilt()

    assert site.answering() == PLANS
    assert site.tree() == before


@pytest.mark.parametrize("source", ["../index/CURRENT", "/etc/passwd", "plan-9.txt", "", ".hidden.txt", "."])
def test_only_what_is_in_the_folder_can_be_removed(source: str, site: SmallSite) -> None:
    """A source that is none of the folder's files is refused."""
    (site.documents / ".hidden.txt").write_text("x", "utf-8")
    library = site.library()
    with pytest.raises(FolderError):
        library.remove(source)
    with pytest.raises(YoujuError):
        library._folder.kept_file(source)
    assert (site.index / "CURRENT").is_file()


def test_the_last_readable_file_stays(site: SmallSite) -> None:
    """A removal that would leave nothing to answer from is refused: the index could not follow."""
    library = site.library()
    (site.documents / "empty.txt").write_bytes(b"")
    library.rebuild()
    rebuilt()
    for source in PLANS[:2]:
        library.remove(source)
        rebuilt()
    with pytest.raises(FolderError, match="最后一份"):
        library.remove("plan-2.txt")

    assert site.answering() == ["plan-2.txt"]


def test_no_link_leads_out_of_the_folder(site: SmallSite, tmp_path: Path) -> None:
    """Neither a file put nor one taken out goes through a link to elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("x", "utf-8")
    (site.documents / "link").symlink_to(tmp_path / "elsewhere")
    library = site.library()
    staged = stage(library, "新县.txt", plan("新县"))
    with pytest.raises(FolderError):
        library._folder.put(library.staging.path(staged), "link/新县.txt")
    with pytest.raises(FolderError):
        library.remove("link/a.txt")

    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["a.txt"]


def test_where_each_file_stands(site: SmallSite) -> None:
    """In the index, changed or new since, left out, gone from the folder: each is told apart."""
    library = site.library()
    (site.documents / "bad.pdf").write_bytes(b"%PDF")
    (site.documents / "empty.txt").write_bytes(b"")
    library.rebuild()
    rebuilt()
    (site.documents / "plan-0.txt").write_text(plan("青禾县", 2021, 9), "utf-8")
    later = (site.documents / "plan-1.txt").stat().st_mtime + 10_000_000
    os.utime(site.documents / "plan-0.txt", (later, later))
    os.utime(site.documents / "plan-1.txt", (later, later))  # touched, but the same words
    (site.documents / "plan-2.txt").unlink()
    (site.documents / "new.txt").write_text(plan("新县"), "utf-8")

    assert standings(library) == {
        "bad.pdf": Standing.LEFT_OUT,
        "empty.txt": Standing.LEFT_OUT,
        "new.txt": Standing.WAITING,
        "plan-0.txt": Standing.WAITING,
        "plan-1.txt": Standing.SERVING,
        "plan-2.txt": Standing.GONE,
    }


def test_the_same_words_twice_are_told(site: SmallSite) -> None:
    """A file that holds the bytes of another is told to count once; of one it replaces nothing is said."""
    library = site.library()
    words = site.tree()["plan-0.txt"]

    copy, same = stage(library, "copy.txt", words), stage(library, "plan-0.txt", words)
    assert [effect.twin for effect in library.effects([copy, same])] == ["plan-0.txt", ""]


class Paused:
    """A build that waits in the middle until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(
        self, documents: Path, index: Path, model: str | None, progress: Callable[[Progress], None]
    ) -> BuildReport:
        """Build, later."""
        self.begun.set()
        assert self.go.wait(60)
        return build_here(documents, index, model, progress)


def test_one_change_at_a_time(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a rebuild runs every other change is refused and leaves no trace; questions are answered."""
    paused = Paused()
    monkeypatch.setattr(rebuild, "build_apart", paused)
    library = site.library()
    staged = stage(library, "新县.txt", plan("新县"))
    before = site.tree()
    library.rebuild()
    assert paused.begun.wait(60)

    for change in (
        library.rebuild,
        library.roll_back,
        lambda: library.publish([staged.id]),
        lambda: library.remove("plan-0.txt"),
    ):
        with pytest.raises(BusyError):
            change()
    assert library.work.running
    assert site.tree() == before
    assert library.staging.all() == (staged,)
    with site.serving.base() as base:
        assert not base.engine.ask("青禾县评查多少件案卷？").answer.refused
    paused.go.set()
    rebuilt()
    assert "索引已更新" in library.work.words or "没有变化" in library.work.words
    assert library.publish([staged.id]).sources == ("新县.txt",)


def failing(error: Exception) -> Callable[..., BuildReport]:
    """A build that raises."""

    def build(*_: object) -> BuildReport:
        raise error

    return build


@pytest.mark.parametrize(
    ("error", "words"), [(YoujuError("磁盘已满。"), "磁盘已满"), (KeyError("x"), "原来的索引不变")]
)
def test_a_rebuild_that_fails_is_told(
    error: Exception, words: str, site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What serves stays, the reason is told, and the next rebuild may start."""
    library = site.library()
    monkeypatch.setattr(rebuild, "build_apart", failing(error))
    (site.documents / "new.txt").write_text(plan("新县"), "utf-8")
    library.rebuild()
    rebuilt()

    failed = library.work
    assert failed.failed
    assert words in failed.words
    assert site.answering() == PLANS
    monkeypatch.setattr(rebuild, "build_apart", build_here)
    library.rebuild()
    rebuilt()
    assert not library.work.failed
    assert site.answering() == ["new.txt", *PLANS]


def test_progress_can_be_read(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step of a build is to be read from other requests."""
    library = site.library()
    seen: list[tuple[str, int, int]] = []

    def watched(
        documents: Path, index: Path, model: str | None, progress: Callable[[Progress], None]
    ) -> BuildReport:
        def follow(step: Progress) -> None:
            progress(step)
            seen.append((library.work.stage, library.work.done, library.work.total))

        return build_here(documents, index, model, follow)

    monkeypatch.setattr(rebuild, "build_apart", watched)
    (site.documents / "new.txt").write_text(plan("新县"), "utf-8")
    library.rebuild()
    rebuilt()

    assert ("读取文件", 4, 4) in seen
    assert ("写入索引", 1, 1) in seen
    assert library.work.ended is not None


def test_rolling_back_serves_at_once(site: SmallSite) -> None:
    """The generation before answers without a restart; going on to rebuild follows the folder again."""
    library = site.library()
    with pytest.raises(RollBackError):
        library.roll_back()
    staged = stage(library, "新县.txt", plan("新县"))
    library.publish([staged.id])
    rebuilt()

    assert library.difference().gone == ("新县.txt",)
    library.roll_back()

    assert site.answering() == PLANS
    assert site.noted[-1] == PLANS
    assert library.rolled_back()
    assert standings(library)["新县.txt"] is Standing.WAITING
    library.rebuild()
    rebuilt()
    assert site.answering() == [*PLANS, "新县.txt"]
    assert not library.rolled_back()


def test_a_rollback_that_cannot_be_opened_is_undone(site: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the generation before does not open, the current one stays current and goes on answering."""
    library = site.library()
    library.publish([stage(library, "新县.txt", plan("新县")).id])
    rebuilt()
    current = (site.index / "CURRENT").read_text("utf-8")

    def broken(*_: object) -> None:
        raise YoujuError("打不开。")

    monkeypatch.setattr(rebuild, "open_index", broken)
    with pytest.raises(YoujuError, match="打不开"):
        library.roll_back()

    assert (site.index / "CURRENT").read_text("utf-8") == current
    assert site.answering() == [*PLANS, "新县.txt"]
    assert not library.rolled_back()


FLUSHES = 5  # that replacing a file takes


@pytest.mark.parametrize("steps", range(FLUSHES + 1))
def test_dying_while_a_file_is_replaced_loses_nothing(
    steps: int, site: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After dying at any flush, the name holds the old words or the new, and the old are to be found."""
    monkeypatch.setattr(rebuild, "build_apart", failing(YoujuError("不建。")))
    library = site.library()
    old, new = site.tree()["plan-0.txt"], plan("青禾县", 2021, 9).encode()
    staged = stage(library, "plan-0.txt", new)
    flush = folders._sync
    flushed: list[Path] = []

    def dying(path: Path) -> None:
        if len(flushed) == steps:
            raise KeyboardInterrupt
        flushed.append(path)
        flush(path)

    with monkeypatch.context() as patch:
        patch.setattr(folders, "_sync", dying)
        died = pytest.raises(KeyboardInterrupt) if steps < FLUSHES else nullcontext()
        with died:
            library.publish([staged.id])
    assert len(flushed) == steps
    again = site.library()
    now = site.tree()["plan-0.txt"]

    assert sorted(site.tree()) == PLANS
    assert now in (old, new)
    if now == new:
        assert old in [again._folder.kept_file(kept.id)[1].read_bytes() for kept in again.kept()]
    if again.staging.all():
        assert again.publish([staged.id]).sources == ("plan-0.txt",)
    assert site.tree()["plan-0.txt"] == new
