"""Names of files that are sent to us: what may become a file of the documents folder."""

import unicodedata
from pathlib import PurePosixPath

from index.errors import YoujuError
from index.load import FORMATS, IGNORED

LONGEST = 240  # bytes in UTF-8, eighty Chinese characters; file systems take 255
SHOWN = 60  # characters of a refused name that are told
# Names that Windows gives to devices, whatever stands behind the dot: such a file could not be opened there.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class NameRefusedError(YoujuError):
    """A file may not be called so; the message names it and says why."""


def safe_name(sent: str) -> str:
    """Return the name a file that was sent gets: composed characters (NFC), no white space at the ends.

    Raises NameRefusedError where it is a path, would be hidden or looks other than it is, is a name
    the system keeps for itself, is too long, or has an ending that the index does not read.
    """
    name = unicodedata.normalize("NFC", sent).strip()
    if problem := _problem(name):
        raise NameRefusedError(f"“{_shown(name)}”没有收下：{problem}。")
    return name


def spelt(raw: bytes) -> str:
    """Return the name that bytes spell; browsers send UTF-8, old programs GBK."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _problem(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    if not name:
        return "没有文件名"
    if "/" in name or "\\" in name:
        return "文件名里不能带路径，请只写文件名"
    if any(unicodedata.category(character) in _INVISIBLE for character in name):
        return "文件名里有看不见的字符，请改名后再上传"
    if name.startswith((".", "~$")) or name.lower() in IGNORED:
        return "这是隐藏文件或系统文件，不收录"
    if name.lower().partition(".")[0].strip() in DEVICES:
        return "这个名字是系统保留的，请改名后再上传"
    if suffix not in FORMATS:
        kinds = "、".join(sorted(suffix[1:] for suffix in FORMATS))
        what = f"{suffix} 格式" if suffix else "没有扩展名的文件"
        return f"暂不支持{what}，能收的有 {kinds}"
    if len(name.encode("utf-8")) > LONGEST:
        return f"文件名太长（最多 {LONGEST // 3} 个汉字），请改短后再上传"
    return ""


_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _shown(name: str) -> str:
    """Return a name that can be told: what cannot be seen is spelt out, and a long one is cut."""
    visible = "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _INVISIBLE
        else character
        for character in name[: SHOWN + 1]
    )
    return visible if len(name) <= SHOWN else f"{visible[:SHOWN]}…"
