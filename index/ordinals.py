"""Lost digits of list labels, found from the order of the list: （□） between （2） and （4） is （3）."""

import re
from dataclasses import dataclass

HAN_DIGITS = "一二三四五六七八九十百零〇"
FOLD = str.maketrans("（）．０１２３４５６７８９", "().0123456789")


@dataclass(frozen=True, slots=True)
class Label:
    """A list label: its shape, which tells the level, and its digits as printed."""

    shape: tuple[str, bool, str]
    number: str
    start: int
    end: int


def fill(lines: list[str], lost: str) -> list[str]:
    """Return the lines with each lost digit of a label filled in where the list allows one number only.

    ``lost`` is the character that stands for a lost digit. A list starts at 1 and counts on; a label
    of another shape opens a list inside it, and the outer shape's next label closes that again.
    A number that does not fit the digits left, or that clashes with the next known one, stays lost.
    """
    pattern = re.compile(
        rf"\s*(?P<open>[(（〔【]?)(?P<number>[0-9０-９{re.escape(lost)}]{{1,3}}|[{HAN_DIGITS}]{{1,5}})"
        rf"\s*(?P<close>[)）〕】]|[、.．])"
    )
    labels = [_label(pattern.match(line)) for line in lines]
    numbers = _count(labels, lost)
    filled = []
    for line, label, number in zip(lines, labels, numbers, strict=True):
        if label is not None and lost in label.number and number:
            line = line[: label.start] + str(number) + line[label.end :]
        filled.append(line)
    return filled


def _label(match: re.Match[str] | None) -> Label | None:
    if match is None:
        return None
    number = match["number"]
    shape = (match["open"].translate(FOLD), number[0] in HAN_DIGITS, match["close"].translate(FOLD))
    return Label(shape, number.translate(FOLD), match.start("number"), match.end("number"))


def _count(labels: list[Label | None], lost: str) -> list[int]:
    """Return each label's number, 0 where it is unknown or there is no label."""
    numbers = [0] * len(labels)
    open_lists: list[tuple[tuple[str, bool, str], list[int]]] = []  # shape, positions of its labels
    for position, label in enumerate(labels):
        if label is None:
            continue
        shapes = [shape for shape, _ in open_lists]
        if label.shape in shapes:
            del open_lists[shapes.index(label.shape) + 1 :]
        else:
            open_lists.append((label.shape, []))
        siblings = open_lists[-1][1]
        if _known(label) == 1 and siblings:
            siblings.clear()  # the list begins anew
        siblings.append(position)
        numbers[position] = _known(label) or _next(numbers, siblings)
    return [_agrees(labels, numbers, position, lost) for position in range(len(labels))]


def _next(numbers: list[int], siblings: list[int]) -> int:
    return numbers[siblings[-2]] + 1 if len(siblings) > 1 else 1


def _known(label: Label) -> int:
    return int(label.number) if label.number.isascii() and label.number.isdigit() else 0


def _agrees(labels: list[Label | None], numbers: list[int], position: int, lost: str) -> int:
    """Return the number at a position if its digits and the next known sibling allow it, else 0."""
    label = labels[position]
    if label is None or lost not in label.number:
        return numbers[position]
    digits = re.escape(label.number).replace(re.escape(lost), "[0-9]")
    if not re.fullmatch(digits, str(numbers[position])):
        return 0
    steps = 0
    for later in range(position + 1, len(labels)):
        follower = labels[later]
        if follower is None or follower.shape != label.shape:
            continue
        steps += 1
        known = _known(follower)
        if known == 1 or numbers[later] == 1:
            return numbers[position]
        if known:
            return numbers[position] if known == numbers[position] + steps else 0
    return numbers[position]
