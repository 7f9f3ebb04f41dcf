"""Tell a section's title words from its text."""

import re

from index.labels import STATUTE, fold

_LONGEST = 40  # characters of a heading that text follows on its line
_LONGEST_ALONE = 60  # characters of a heading that stands alone
_BRACKETED = re.compile(r"^[【〔\[]([^】〕\]]{1,30})[】〕\]]|^[(（]([^()（）]{1,20})[)）](?=\s)")
# Words of a provision, not of its title.
_PROVISION = re.compile(r"应当|不得|必须|适用于|是指|负责(?!人)|可以|^本[一-鿿]{2}[^,，]")
_CLOSING = " \u3000”’」』)）〕]"  # what may follow a sentence's stop
_NO_HEADING = ("；", ";", "，", ",", "：", ":", "的。")


def heading_of(words: str, styles: tuple[str, ...], heads: bool) -> str:
    """Return the title in the words after a label, "" where they are text.

    ``styles`` are the shapes of the labels from the top: the items of a 条 carry no titles. ``heads``
    tells that text or subsections follow on the next lines.
    """
    words = words.strip()
    if "article" in styles:
        match = _BRACKETED.match(words) if styles[-1] == "article" else None
        return (match[1] or match[2]).strip() if match else ""
    if not words:
        return ""
    if styles[-1] in STATUTE:
        return re.sub(r"\s", "", words) if len(words) <= _LONGEST_ALONE and "。" not in words else ""
    sentence, stop, after = words.partition("。")
    if not stop:
        return _alone(words)
    if not after.strip(_CLOSING):
        if after:
            return _before_colon(words)
        return _alone(sentence) if heads and len(sentence) <= _LONGEST else ""
    if len(sentence) <= _LONGEST and not re.search(r"[；;]", sentence) and not _PROVISION.search(sentence):
        return _before_colon(sentence) or sentence.strip()
    return _before_colon(words)


def _alone(words: str) -> str:
    """Return the heading of a line that ends without a full stop."""
    if words.endswith(("：", ":")) and len(words) <= _LONGEST // 2:
        return words[:-1].strip()
    if words.endswith(_NO_HEADING):
        return ""
    if len(words) <= _LONGEST_ALONE:
        return words
    return _before_colon(words)


def _before_colon(words: str) -> str:
    """Return the short name before a colon: 责任单位:…, 工作目标:…"""
    name, colon, after = fold(words).partition(":")
    if colon and after.strip() and len(name) <= _LONGEST // 2 and not re.search(r"[,，。；;《]", name):
        return words[: len(name)].strip()
    return ""
