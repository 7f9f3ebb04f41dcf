"""Find where annexes begin, and the lines that only list what stands elsewhere: annexes, contents."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.labels import Label, chinese_number, fold, read_label
from index.lines import Line, is_body, is_date, is_sentence
from index.table import flattened_from, is_head_row
from index.titles import is_title

_ANNEX = re.compile(
    r"附 ?(?P<kind>件|录|表|图|(?=:))(?: ?(?P<number>\d{1,2}(?:-\d{1,2})?|[一二三四五六七八九十]{1,3}))?"
    r"(?P<gap>[ :.、]*)(?P<title>.*)"
)
_SPOKEN = re.compile(r"(?:所列|规定|中的|的|为|是|所示|和|及|与|至|[,、)])")
_SHORTEST_TITLE = 7  # characters
_ITEM_LENGTH = 70  # an annex's name in a list; longer lines are text


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex that begins at a line. ``label`` ends before a title on the same line."""

    line: int
    label: Label


@dataclass(frozen=True, slots=True)
class Annexes:
    """Where annexes begin, and the lines that only list them."""

    begun: tuple[Annex, ...]
    listed: frozenset[int]


def find_annexes(lines: Sequence[Line]) -> Annexes:
    """Return the annexes' first lines and the lines of the body's list of annexes."""
    found = {position: match for position, line in enumerate(lines) if (match := _read(line.words))}
    listed: set[int] = set()
    begun = []
    for position, match in found.items():
        if position in listed:
            continue
        names = _listed_names(lines, position, match, found)
        if names:
            listed.update(names)
            continue
        if any(_name(later) == _name(match) for at, later in found.items() if at > position):
            listed.add(position)
            continue
        if not match["number"] and match["title"] and _only_named(lines, position, match["title"]):
            listed.add(position)
            continue
        begun.append(Annex(position, _label(lines[position].text, match)))
    if not begun and (table := _titled_table(lines)):
        begun.append(table)
    return Annexes(tuple(begun), frozenset(listed))


def _titled_table(lines: Sequence[Line]) -> Annex | None:
    """Return the table printed under a title of its own behind the numbered text, None where there is none.

    It is an annex without the word; its title is its label.
    """
    root: Label | None = None
    for at, line in enumerate(lines):
        label = read_label(line.text)
        if label and label.style in ("cn", "chapter", "article"):
            root = label
        if root is None or at == 0 or label or not _begins_table(lines, at + 1):
            continue
        words, before = line.words, lines[at - 1].words
        titled = words.endswith("表") or is_title(words)
        if not titled or len(words) < _SHORTEST_TITLE or not (before.endswith("。") or is_date(before)):
            continue
        later = (read_label(other.text) for other in lines[at + 1 :])
        if any(other and (other.style, other.number) == (root.style, root.number + 1) for other in later):
            return None  # the numbered text goes on
        return Annex(at, Label("annex", 0, re.sub(r"\s", "", words), 0))
    return None


def _begins_table(lines: Sequence[Line], at: int) -> bool:
    if at + 1 >= len(lines):
        return False
    return is_head_row(lines[at]) or flattened_from(lines, at, at + 2) == at


def find_contents(lines: Sequence[Line]) -> frozenset[int]:
    """Return the lines of a table of contents: from 目录 to where its first number comes again."""
    start = next((at for at, line in enumerate(lines) if re.sub(r"\s", "", line.text) == "目录"), None)
    if start is None:
        return frozenset()
    first = next((label for line in lines[start + 1 : start + 4] if (label := read_label(line.text))), None)
    if first is None:
        return frozenset()
    seen = 0
    for at in range(start + 1, len(lines)):
        label = read_label(lines[at].text)
        if label and (label.style, label.number) == (first.style, first.number):
            seen += 1
            if seen == 2:
                return frozenset(range(start, at))
        if len(lines[at].words) > _ITEM_LENGTH and seen == 0:
            break
    return frozenset()


def _read(words: str) -> re.Match[str] | None:
    match = _ANNEX.fullmatch(fold(words))
    if match is None:
        return None
    title, gap = match["title"], match["gap"]
    if not title:
        return match
    if is_sentence(title) or len(title) > _ITEM_LENGTH or _SPOKEN.match(title):
        return None
    return match if gap or (match["number"] and len(title) > 3) else None


def _name(match: re.Match[str]) -> str:
    return f"附{match['kind']}{match['number'] or ''}"


def _label(text: str, match: re.Match[str]) -> Label:
    indent = len(text) - len(text.lstrip())
    number = chinese_number((match["number"] or "").split("-")[0])
    return Label("annex", number, _name(match), indent + match.start("title"))


def _listed_names(
    lines: Sequence[Line], position: int, match: re.Match[str], found: dict[int, re.Match[str]]
) -> list[int]:
    """Return the lines of the list that starts here: 附件:1.… 2.… or 附件1:… next to 附件2:…."""
    if match["number"]:
        if not match["title"] or position + 1 not in found or not found[position + 1]["number"]:
            return []
        run = [position]
        while run[-1] + 1 in found and found[run[-1] + 1]["title"]:
            run.append(run[-1] + 1)
        return run if len(run) > 1 else []
    if ":" not in match["gap"]:
        return []
    first = read_label(match["title"]) if match["title"] else None
    if match["title"] and (first is None or first.number != 1):
        return []
    expected = 2 if first else 1
    names, at = [position], position + 1
    last_name = position
    if first is None:  # the first name stands right below, and a second one proves the list
        two = [read_label(line.words) for line in lines[at : at + 4]]
        if (
            not two
            or two[0] is None
            or two[0].number != 1
            or not any(label and label.style == two[0].style and label.number == 2 for label in two)
        ):
            return []
    while at < len(lines) and at - last_name <= 2:  # a name runs over two lines at most
        words = lines[at].words
        label = read_label(words)
        if is_sentence(words) or len(words) > _ITEM_LENGTH or is_date(words) or at in found:
            break
        if label and label.number == expected and label.style in ("ar", "arp", "cn"):
            expected += 1
            last_name = at
        elif label or is_body(words):
            break
        names.append(at)
        at += 1
    if expected == 1:
        return []
    # The last name's second line stands before a date, a signature or the annexes, never before text.
    if names[-1] != last_name and at < len(lines) and at not in found and not is_date(lines[at].words):
        names = [name for name in names if name <= last_name]
    return names


def _only_named(lines: Sequence[Line], position: int, title: str) -> bool:
    """Tell whether 附件:题目 only names what is printed elsewhere or not at all."""
    bare = title.strip("《》 ")
    after = [line.words for line in lines[position + 1 :]]
    if any(fold(words).strip("《》 ") == bare for words in after):
        return True
    return not after or any(is_date(words) for words in after[:3]) or len(after) <= 2
