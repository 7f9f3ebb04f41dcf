"""A unit that opens a list is not an answer without the list: enumerations inside a section, and the
subsections under a heading or a colon.
"""

import itertools
import re
from collections.abc import Sequence

from bot.conversation import Kind, Question
from bot.kinds import states
from bot.sentences import Unit, units

_ITEM = re.compile(
    r"^(?:[一二三四五六七八九十]是|第[一二三四五六七八九十],|\([一二三四五六七八九十0-9]+\)|[0-9]+[.、]|其[一二三四五次]|[①-⑩])"
)
_FIRST = re.compile(r"^(?:一是|第一,|\((?:一|1)\)|1[.、]|其一|①)")
# The first item on the line that opens the list.
_OPENED = re.compile(r"[:：](?:一是|第一,|\(一\)|\(1\)|1[.、]|①)")
_OPENS = (":", "：")
_LISTED = (Kind.LIST, Kind.PROCEDURE, Kind.WHAT, Kind.CONDITION, Kind.METADATA)
_RESPONSIBLE = re.compile(r"^\(?(责任|牵头|主办|承办|协办|配合|实施)(单位|部门|机关)")
_LONGEST_LIST = 900  # characters of subsections that are still shown whole


def whole(question: Question, unit: Unit) -> list[tuple[Unit, ...]]:
    """Return the runs of units to show for a unit: itself, the enumeration it opens or stands in when
    the question asks for more than one thing, and the subsections it introduces.
    """
    cut = units(unit.document, unit.section)
    position = next(i for i, other in enumerate(cut) if other.start == unit.start)
    below = children(unit)
    if question.kind is Kind.WHO:
        # 责任单位：… at the end of a task says who, whichever of its sentences speaks of the task.
        named = [(other,) for other in cut if _RESPONSIBLE.match(other.folded) and other is not unit]
        if named:
            return [*named, (unit,)]
    if unit.is_heading:
        return [(unit,)] if question.unit and states(question.unit, unit.folded) else below
    if unit.folded.endswith(_OPENS) and position == len(cut) - 1 and below:
        return [(unit,), *below]
    if unit.folded.endswith(_OPENS) or question.kind in _LISTED:
        first, last = _enumeration(cut, position)
        return [cut[first : last + 1]]
    return [(unit,)]


def children(unit: Unit) -> list[tuple[Unit, ...]]:
    """Return the own words of the subsections under the unit's section, none when they are too long to
    be one answer.
    """
    document = unit.document
    path = document.sections[unit.section].path
    below = []
    length = 0
    for position in range(unit.section + 1, len(document.sections)):
        section = document.sections[position]
        if section.path[: len(path)] != path or section.path == path:
            break
        below.append(units(document, position))
        length += section.end - section.start
        if length > _LONGEST_LIST:
            return []
    return [run for run in below if run]


def _enumeration(cut: Sequence[Unit], position: int) -> tuple[int, int]:
    """Return the first and last unit of the enumeration that the unit at the position opens or is part
    of; the position itself where there is none.
    """
    items = [i for i, unit in enumerate(cut) if _ITEM.match(unit.folded) or _OPENED.search(unit.folded)]
    openings = [i for i in items if _FIRST.match(cut[i].folded) or _OPENED.search(cut[i].folded)]
    opening = max((i for i in openings if i <= position + 1), default=None)
    if opening is None or len(items) < 2:
        return position, position
    # The last item runs on for as many units as the longest before it.
    tail = max((after - before - 1 for before, after in itertools.pairwise(items)), default=0)
    last = min(items[-1] + tail, len(cut) - 1)
    if position > last:
        return position, position
    return min(opening, position), last
