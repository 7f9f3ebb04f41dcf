"""Files to text: find the documents of a folder and read one of them, whatever its encoding.

A file that cannot be read is never a crash and never silently missing: it is refused with a Chinese
sentence that names the file, says what is wrong and what to do.
"""

import contextlib
import hashlib
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from index.errors import UnreadableFileError
from index.formats import html, markdown
from index.formats.encoding import decode

FORMATS = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".shtml": "html",
    ".xhtml": "html",
}
LARGEST = 20 * 1024 * 1024  # bytes; the longest national plan is under 1 MB, so this is no document
IGNORED = {"thumbs.db", "desktop.ini"}  # left by Windows in any folder
# First bytes of files that were only renamed to .txt.
MAGIC = {
    b"%PDF": "PDF 文件",
    b"PK\x03\x04": "压缩包或 Word、Excel 文件",
    b"\xd0\xcf\x11\xe0": "旧版 Word、Excel 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"{\\rtf": "RTF 文件",
}
CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
SAVED_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# Everything that starts a new line in Unicode, and the page break.
LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's text before cleaning: one block (paragraph, heading, list item, table row) a line.

    ``source`` is the path inside the documents folder, with ``/`` and safe to print; ``sha256`` is of
    the bytes; ``format`` is "txt", "md" or "html"; the cells of a table row are joined by tabs.
    ``warnings`` are Chinese sentences on what was put right while reading; ``dropped`` are the lines of
    a web page that belong to its site.
    """

    source: str
    sha256: str
    format: str
    encoding: str
    text: str
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not indexed; ``reason`` is a whole Chinese sentence that names it."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds: files worth loading, sorted by source, and those refused by name alone."""

    files: tuple[Path, ...]
    refused: tuple[Refused, ...]


def find(root: Path) -> Found:
    """List the documents below ``root``. Hidden files are passed over in silence.

    Raises UnreadableFileError when ``root`` is not a folder that can be listed.
    """
    if not root.is_dir():
        raise UnreadableFileError(f"找不到资料文件夹“{printable(str(root))}”。请检查路径是否写对。")
    files: dict[str, Path] = {}  # by source
    refused: list[Refused] = []

    def note(error: OSError) -> None:
        if Path(error.filename) == root:
            raise UnreadableFileError(f"资料文件夹“{printable(str(root))}”打不开。请检查访问权限。")
        refused.append(_refusal(Path(error.filename), root, "这个文件夹打不开。请检查访问权限"))

    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            path = Path(folder, name)
            if path.is_symlink():
                refused.append(_refusal(path, root, "是指向别处文件夹的链接，没有跟随。请把文件夹本身放进来"))
            elif path.suffix.lower() in FORMATS:
                refused.append(_refusal(path, root, "是文件夹，不是文件；里面的文件照常读取。可改名以免混淆"))
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith((".", "~$")) or name.lower() in IGNORED:
                continue
            if problem := _problem_of_name(path, root):
                refused.append(_refusal(path, root, problem))
            elif files.setdefault(source_of(path, root), path) != path:  # as GBK bytes, unpacked twice
                refused.append(_refusal(path, root, "的名称与另一个文件显示出来一样，没有读。请改名"))
    return Found(
        tuple(path for _, path in sorted(files.items())),
        tuple(sorted(refused, key=lambda refusal: refusal.source)),
    )


def load(path: Path, root: Path) -> Loaded:
    """Read one file below ``root``. Raises UnreadableFileError, whatever the file holds."""
    source = source_of(path, root)
    if problem := _problem_of_name(path, root):
        raise UnreadableFileError(_sentence(source, problem))
    data = _read(path, source)
    kind = FORMATS[path.suffix.lower()]
    for magic, name in MAGIC.items():
        if data.startswith(magic):
            raise UnreadableFileError(
                _sentence(source, f"内容其实是{name}，不是文本。请另存为文本后再放进来")
            )
    declared = CHARSET.search(data[:4096]) if kind == "html" else None
    decoded = decode(data, declared[1].decode("ascii", "ignore") if declared else "")
    if decoded is None:
        raise UnreadableFileError(
            _sentence(source, "不是文本，或编码无法辨认。请确认内容，并另存为 UTF-8 编码的文本")
        )
    text = LINE_END.sub("\n", decoded.text)
    if kind == "txt" and SAVED_PAGE.match(text):
        kind = "html"
    if kind != "txt" and html.nested_too_deep(text):
        raise UnreadableFileError(
            _sentence(source, "里的网页标签嵌套过深，不是正常的网页。请另存为文本后再放进来")
        )
    dropped: tuple[str, ...] = ()
    if kind == "html" and TAG.search(text):
        words = html.read(text)
        text, dropped = "\n".join(words.lines), words.dropped
    elif kind == "md":
        text = markdown.to_text(text)
    if not text.strip().strip(INVISIBLE).strip():
        raise UnreadableFileError(_sentence(source, "里面没有文字。请换一份有正文的文件"))
    digest = hashlib.sha256(data).hexdigest()
    return Loaded(source, digest, kind, decoded.encoding, text, decoded.warnings, dropped)


def source_of(path: Path, root: Path) -> str:
    """Return the path inside ``root`` with ``/``, safe to print."""
    try:
        return printable(path.relative_to(root).as_posix())
    except ValueError:
        return printable(path.name or str(path))


def printable(name: str) -> str:
    """Return a file name that can be printed and stored: no line end, no control, no surrogate.

    Names unpacked from old Chinese archives are GBK bytes; they are shown as what they spell.
    """
    try:
        name = os.fsencode(name).decode("utf-8")
    except UnicodeEncodeError:
        pass
    except UnicodeDecodeError:
        with contextlib.suppress(UnicodeDecodeError):
            name = os.fsencode(name).decode("gb18030")
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode("ascii")
        for character in name
    )


def _sentence(source: str, problem: str) -> str:
    return f"“{source}”{problem}。"


def _refusal(path: Path, root: Path, problem: str) -> Refused:
    source = source_of(path, root)
    return Refused(source, _sentence(source, problem))


def _problem_of_name(path: Path, root: Path) -> str:
    """Say what forbids reading the file before it is opened, in Chinese; empty where nothing does."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        what = f"{printable(suffix)} 格式" if suffix else "没有扩展名的文件"
        return f"暂不支持（{what}）。请另存为 txt、md 或 html"
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(root.resolve()):
            return "是指向资料文件夹以外的链接，为安全起见不读。请把文件本身复制进来"
        if not stat.S_ISREG(target.stat().st_mode):
            return "不是普通文件。请换成文本文件"
    except FileNotFoundError:
        return "找不到，可能是断开的链接，或刚被移走。请检查后重试"
    except PermissionError:
        return "没有读取权限。请修改文件权限后重试"
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name the system cannot take
        return "打不开。请检查文件名和链接是否正常"
    return ""


def _read(path: Path, source: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except PermissionError:
        raise UnreadableFileError(_sentence(source, "没有读取权限。请修改文件权限后重试")) from None
    except (OSError, ValueError) as error:
        raise UnreadableFileError(_sentence(source, "读取失败。请检查磁盘和文件")) from error
    if len(data) > LARGEST:
        megabytes = LARGEST // 1024 // 1024
        raise UnreadableFileError(_sentence(source, f"超过 {megabytes} MB，太大了。请拆分后再放进来"))
    if not data:
        raise UnreadableFileError(_sentence(source, "是空文件。请换一份有正文的文件"))
    return data
