"""A folder's files are loaded or refused in plain Chinese, never anything else."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFileError
from index.load import LARGEST, find, load, printable

WORDS = (
    "禾清县人民政府关于印发窗口服务办法的通知\n各乡镇人民政府：\n　　现将办法印发给你们，请认真贯彻执行。\n"
)


def refusal(path: Path, root: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(UnreadableFileError) as caught:
        load(path, root)
    return str(caught.value)


def test_a_text_is_loaded_as_written(tmp_path: Path) -> None:
    """Words and indentation of a plain text stay; line ends become one kind."""
    (tmp_path / "甲").mkdir()
    path = tmp_path / "甲" / "通知.TXT"
    path.write_bytes(WORDS.replace("\n", "\r\n").encode("gb18030"))

    loaded = load(path, tmp_path)

    assert (loaded.source, loaded.format, loaded.encoding) == ("甲/通知.TXT", "txt", "gb18030")
    assert (loaded.text, loaded.warnings) == (WORDS, ())
    assert len(loaded.sha256) == 64


@pytest.mark.parametrize(
    ("name", "written", "form"),
    [
        ("a.md", "# 标题\n\n**正文**", "md"),
        ("a.htm", "<h1>标题</h1><p>正文</p>", "html"),
        ("a.txt", "\n<!DOCTYPE html>\n<html><h1>标题</h1><p>正文</p></html>", "html"),
        ("a.html", "标题\n正文", "html"),
        ("a.txt", "标题\u2028正文", "txt"),
    ],
)
def test_each_format_gives_lines(tmp_path: Path, name: str, written: str, form: str) -> None:
    """Heading and paragraph are two lines, whatever the format, even a page saved as .txt."""
    (tmp_path / name).write_text(written, encoding="utf-8")

    loaded = load(tmp_path / name, tmp_path)

    assert (loaded.text, loaded.format) == ("标题\n正文", form)


def test_the_charset_a_page_declares_is_not_believed(tmp_path: Path) -> None:
    """A GBK page that says it is UTF-8 is read."""
    (tmp_path / "a.html").write_bytes(f'<meta charset="utf-8"><p>{WORDS}</p>'.encode("gbk"))

    assert load(tmp_path / "a.html", tmp_path).encoding == "gb18030"


def make_empty(path: Path) -> None:
    """An empty file."""
    path.write_bytes(b"")


def make_blank(path: Path) -> None:
    """White space only."""
    path.write_text("\ufeff \n\t\u3000\u200b\n", encoding="utf-8")


def make_binary(path: Path) -> None:
    """Bytes of a program."""
    path.write_bytes(bytes(range(256)) * 64)


def make_pdf(path: Path) -> None:
    """A PDF that was renamed."""
    path.write_bytes(b"%PDF-1.7 " + WORDS.encode())


def make_large(path: Path) -> None:
    """A file over the limit, with a hole inside."""
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


def make_folder(path: Path) -> None:
    """A folder named like a text."""
    path.mkdir()


def make_broken_link(path: Path) -> None:
    """A link to nothing."""
    path.symlink_to(path.parent / "没有这个文件")


def make_loop(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path)


def make_link_out(path: Path) -> None:
    """A link to a file outside the folder."""
    outside = Path(tempfile.mkdtemp(dir=path.parent.parent)) / "外面.txt"
    outside.write_text(WORDS, encoding="utf-8")
    path.symlink_to(outside)


def make_pipe(path: Path) -> None:
    """A named pipe, which would block a reader for ever."""
    os.mkfifo(path)


def make_nothing(path: Path) -> None:
    """A file that went away after it was found."""


BAD: list[tuple[Callable[[Path], None], str]] = [
    (make_empty, "空文件"),
    (make_blank, "没有文字"),
    (make_binary, "编码无法辨认"),
    (make_pdf, "PDF"),
    (make_large, "超过 20 MB"),
    (make_folder, "不是普通文件"),
    (make_broken_link, "断开的链接"),
    (make_loop, "打不开"),
    (make_link_out, "以外的链接"),
    (make_pipe, "不是普通文件"),
    (make_nothing, "找不到"),
]


@pytest.mark.parametrize(("make", "reason"), BAD, ids=[make.__name__ for make, _ in BAD])
def test_a_bad_file_is_refused_by_name_with_the_reason(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    """The sentence names the file, says what is wrong, and ends with what to do."""
    root = tmp_path / "资料"
    root.mkdir()
    make(root / "坏 文件.txt")

    sentence = refusal(root / "坏 文件.txt", root)

    assert sentence.startswith("“坏 文件.txt”")
    assert reason in sentence
    assert "请" in sentence


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing permission is told as such (the system is asked for an error: the superuser reads all)."""
    path = tmp_path / "a.txt"
    path.write_text(WORDS, encoding="utf-8")

    def forbid(*_arguments: object, **_options: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", forbid)

    assert "没有读取权限" in refusal(path, tmp_path)


def test_a_file_that_fails_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk error becomes a sentence, too."""
    path = tmp_path / "a.txt"
    path.write_text(WORDS, encoding="utf-8")

    def fail(*_arguments: object, **_options: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)

    assert "读取失败" in refusal(path, tmp_path)


def test_a_page_nested_without_end_is_refused_at_once(tmp_path: Path) -> None:
    """A page that would take minutes to parse is refused."""
    (tmp_path / "a.html").write_text("<div>" * 100_000 + "正文", encoding="utf-8")

    assert "嵌套过深" in refusal(tmp_path / "a.html", tmp_path)


def test_a_file_as_large_as_allowed_is_loaded(tmp_path: Path) -> None:
    """The limit itself is still a document."""
    data = WORDS.encode()
    (tmp_path / "a.txt").write_bytes(data * (LARGEST // len(data)))

    assert load(tmp_path / "a.txt", tmp_path).text.startswith(WORDS)


@given(data=st.binary(max_size=300), suffix=st.sampled_from([".txt", ".md", ".html"]))
def test_any_bytes_load_or_are_refused_clearly(data: bytes, suffix: str) -> None:
    """Whatever a file holds, there is a text or a Chinese sentence that names it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"文件{suffix}")
        path.write_bytes(data)
        try:
            loaded, sentence = load(path, path.parent), ""
        except UnreadableFileError as error:
            loaded, sentence = None, str(error)

    if loaded is None:
        assert sentence.startswith(f"“文件{suffix}”")
    else:
        assert loaded.text.strip()
        assert "\r" not in loaded.text
        loaded.text.encode()


@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name and b"/" not in name))
def test_any_file_name_is_loaded_under_a_printable_name(name: bytes) -> None:
    """Line ends, quotes and bytes that are no UTF-8 in a name can be printed and stored."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "甲" + os.fsdecode(name) + ".txt")
        path.write_text(WORDS, encoding="utf-8")

        (found,) = find(Path(folder)).files
        source = load(found, Path(folder)).source

    source.encode()
    assert all(
        character.isprintable() or character in "\u3000\xa0" or character.isspace() for character in source
    )
    assert "\n" not in source


def test_a_name_in_gbk_bytes_is_shown_as_it_was_meant() -> None:
    """A name unpacked from an old archive is spelt out."""
    assert printable(os.fsdecode("关于印发办法的通知.txt".encode("gbk"))) == "关于印发办法的通知.txt"
    assert printable("a\nb\u202ec\ud800") == "a\\nb\\u202ec\\ud800"


def test_a_folder_is_listed_in_order_with_what_it_refuses(tmp_path: Path) -> None:
    """Supported files come sorted; the others are named with the reason; hidden ones are passed over."""
    root = tmp_path / "资料"
    for name in (
        "b.txt",
        "a.md",
        "子/c.HTML",
        "报告.docx",
        "无扩展名",
        ".隐藏.txt",
        ".git/d.txt",
        "~$e.txt",
        "Thumbs.db",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(WORDS, encoding="utf-8")
    (tmp_path / "别处").mkdir()
    make_link_out(root / "链接.txt")
    (root / "链接夹").symlink_to(tmp_path / "别处")
    (root / "夹.txt").mkdir()

    found = find(root)

    assert [path.relative_to(root).as_posix() for path in found.files] == ["a.md", "b.txt", "子/c.HTML"]
    assert [refused.source for refused in found.refused] == sorted(
        ["报告.docx", "无扩展名", "链接.txt", "链接夹", "夹.txt"]
    )
    reasons = {refused.source: refused.reason for refused in found.refused}
    assert reasons["报告.docx"] == "“报告.docx”暂不支持（.docx 格式）。请另存为 txt、md 或 html。"
    assert "以外的链接" in reasons["链接.txt"]


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    """A link that stays inside the folder is a file like any other."""
    (tmp_path / "a.txt").write_text(WORDS, encoding="utf-8")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")

    assert load(tmp_path / "b.txt", tmp_path).text == WORDS


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong path is told, not an empty list."""
    with pytest.raises(UnreadableFileError, match="找不到资料文件夹"):
        find(tmp_path / "没有")


def test_a_closed_folder_inside_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be listed is reported, the rest is found; a closed root is an error."""
    (tmp_path / "关").mkdir()
    (tmp_path / "a.txt").write_text(WORDS, encoding="utf-8")
    scandir = os.scandir

    def forbid(folder: str) -> object:
        if Path(folder).name == "关":
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", forbid)

    found = find(tmp_path)

    assert len(found.files) == 1
    assert found.refused[0].reason.startswith("“关”这个文件夹打不开")
    with pytest.raises(UnreadableFileError, match="打不开"):
        find(tmp_path / "关")


def test_every_shared_document_loads(shared: Path) -> None:
    """The real documents load without a warning, and so do two hundred laws."""
    files = [*find(shared / "documents").files, *find(shared / "laws").files[::15]]

    for path in files:
        if path.name != "_index.md":  # a list's page, without any words
            assert not load(path, shared).warnings
