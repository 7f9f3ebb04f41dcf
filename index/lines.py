"""Lines of a text with their places, and the small tests several parts of the parser share."""

import re
from dataclasses import dataclass

from index.labels import fold

_YEAR = r"(?:[12]\d{3}|[一二][零○Oo0一二三四五六七八九]{3})"
_DATE = re.compile(
    _YEAR + r" ?[年./-] ?[\d一二三四五六七八九十]{1,3} ?[月./-] ?[\d一二三四五六七八九十]{1,3} ?日?"
)
_BODY = re.compile(
    r"(?:政府|办公室|办公厅|委员会|局|厅|法院|检察院|委|部|院|领导小组|办|署|中心|街道办事处|管委会)$"
)
_SENTENCE = re.compile(r"[。；;！？!?]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: ``text[start:end]``, the line end included. ``words`` is the line without white space
    at its ends.
    """

    start: int
    end: int
    text: str

    @property
    def words(self) -> str:
        """The line's words."""
        return self.text.strip()


def split_lines(text: str) -> tuple[Line, ...]:
    """Return the lines of a text; joined they are the text."""
    lines = []
    start = 0
    for piece in text.split("\n"):
        end = min(start + len(piece) + 1, len(text))
        if end > start:
            lines.append(Line(start, end, piece))
        start = end
    return tuple(lines)


def is_date(words: str) -> bool:
    """Tell whether a line is nothing but a date, in brackets or not."""
    return bool(_DATE.fullmatch(fold(words).strip("() ")))


def starts_with_date(words: str) -> bool:
    """Tell whether a line begins with a date: an entry of a statute's history."""
    return bool(_DATE.match(fold(words).lstrip("( ")))


def is_body(words: str) -> bool:
    """Tell whether a line is nothing but the name of a public body, as in a signature."""
    return 3 <= len(words) <= 40 and not re.search(r"[,，。;；:：《]", words) and bool(_BODY.search(words))


def is_sentence(words: str) -> bool:
    """Tell whether a line holds a sentence's end: no title, no cell of a table's head."""
    return bool(_SENTENCE.search(words))
