"""Tables in official documents: one cell a line, or one row a line with tabs between the cells."""

import re
from collections.abc import Sequence
from itertools import takewhile

from index.labels import Label, fold, read_label
from index.lines import Line

_HEAD = re.compile(
    r"(?:序号?|编号|代码|名称|类别|分类|内容|事项|任务|措施|标准|依据|方式|得分|分值|扣分|加分|满分|权重|自评.{0,3}|评分.{0,4}"
    r"|备注|说明|单位|部门|责任.{0,4}|牵头.{0,4}|配合.{0,4}|完成.{0,4}|时限|时间.{0,2}|进度.{0,4}|形式|成果"
    r"|(?:考核|考评|目标|工作|主要|重点|评价|检查|督察|项目|指标|任务|事项|服务|办理|申请|审批|一级|二级|三级|具体)"
    r"(?:项目|内容|指标|事项|标准|任务|要求|目标|单位|要点|对象|方式|措施|名称|类别|依据|材料|时限|流程|条件|分值|办法)?)"
    r"(?:\(.{1,6}\))?"
    r"|[一-鿿]{2,6}(?:名称|依据|内容|事项|单位|部门|时限|类别|类型|程度|情形|指标|结果|数量|编码)"
)
NOTE = re.compile(r"(备注|说明|注|填表说明)[:：]")
_CELL_LENGTH = 16  # a cell that names a row
_POINTS = re.compile(r"分值|分数|满分|权重|标准分|基本分|基础分|赋分|配分|^得分$|^分$")
_FILLED_LATER = re.compile(
    r"(?:自评|自查|考评|考核|评定|实际|初评|复核|最终)?(?:得分|评分|扣分|加分|情况)|自评分|备注|说明"
)
_NUMBER = re.compile(r"\d{1,3}")


def is_head_cell(words: str) -> bool:
    """Tell whether a line is a cell of a table's head: 序号, 考核项目, 评分标准 …"""
    return len(words) <= 12 and bool(_HEAD.fullmatch(re.sub(r"\s", "", fold(words))))


def head_cells(lines: Sequence[Line]) -> int:
    """Return how many columns the first table head among the lines names, 0 where there is none."""
    run = best = 0
    for line in lines:
        cells = line.text.split("\t")
        if len(cells) > 1:
            run = len(cells) if sum(is_head_cell(cell.strip()) for cell in cells) >= 2 else 0
        else:
            run = run + 1 if is_head_cell(line.words) else 0
        best = max(best, run)
    return best if best >= 2 else 0


def is_head_row(line: Line) -> bool:
    """Tell whether a line with tabs is a table's head."""
    return sum(is_head_cell(cell.strip()) for cell in line.text.split("\t")) >= 2


def number_column(head: Line) -> int:
    """Return in which column of a table with this head the rows' numbers stand, 0 where it does not say."""
    cells = [re.sub(r"\s", "", cell) for cell in head.text.split("\t")]
    return next((column for column, cell in enumerate(cells) if cell in ("序号", "编号")), 0)


def tabbed_lines(lines: Sequence[Line], first: int, last: int) -> frozenset[int]:
    """Return the lines among ``lines[first:last]`` that are rows of tables with tabs, notes included.

    The name of a group may fill a row alone: a numbered line between two rows, the second no head.
    """
    inside: set[int] = set()
    with_tab = [first <= at < last and "\t" in lines[at].text for at in range(last + 1)]
    for at in range(first, last):
        after_row = at - 1 in inside
        # One line with a tab is a line with a gap.
        if (with_tab[at] and (after_row or with_tab[at + 1])) or (after_row and NOTE.match(lines[at].words)):
            inside.add(at)
        elif after_row and with_tab[at + 1] and not is_head_row(lines[at + 1]):
            inside.update({at} if read_label(lines[at].text) else ())
    return frozenset(inside)


def flattened_from(lines: Sequence[Line], first: int, last: int) -> int:
    """Return the line where a flattened table's head begins, ``last`` where there is none.

    Where such a table ends cannot be told.
    """
    for at in range(first, last - 1):
        if all("\t" not in line.text and is_head_cell(line.words) for line in lines[at : at + 2]):
            return at
    return last


def points(lines: Sequence[Line], first: int, last: int) -> frozenset[int]:
    """Return the lines of a flattened table that are nothing but a number and number no row.

    ``lines[first]`` is the first cell of the head. Only where the head has a column of points can the two
    be mixed up; then a row takes at least as many cells as its head has columns that are filled in.
    """
    at = first
    while at < last and is_head_cell(lines[at].words):
        at += 1
    head = [re.sub(r"\s", "", fold(lines[cell].words)) for cell in range(first, at)]
    if not any(_POINTS.search(cell) for cell in head):
        return frozenset()
    numbers = {
        cell: label.number for cell in range(at, last) if (label := read_row_number(lines[cell].words))
    }
    labels = [label for cell in range(at, last) if (label := read_label(lines[cell].text))]
    if "序号" not in head and any(label.style == "ar" for label in labels):
        return frozenset(numbers)
    least = sum(not _FILLED_LATER.fullmatch(cell) for cell in head)
    starts: list[int] = []
    for cell, number in numbers.items():
        expected = numbers[starts[-1]] + 1 if starts else 1
        far = not starts or cell - starts[-1] >= least
        soon = {numbers[later] for later in range(cell + 1, cell + 2 * least) if later in numbers}
        short = number not in soon and number + 1 in soon  # a row with cells merged away
        if (number == expected and (far or short)) or (number == 1 and far):
            starts.append(cell)
    return frozenset(numbers).difference(starts) if len(starts) > 1 else frozenset()


def read_row_number(words: str) -> Label | None:
    """Return the label of a line or cell that is nothing but a number."""
    folded = fold(words).strip()
    if not _NUMBER.fullmatch(folded) or int(folded) == 0:
        return None
    return Label("row", int(folded), folded, len(words))


def is_row_name(words: str) -> bool:
    """Tell whether a cell can name a row: short, no sentence."""
    return 1 < len(words) <= _CELL_LENGTH and not re.search(r"[。；;，,：:、\d\t]", words)


def row_heading(cells: Sequence[str], columns: int) -> str:
    """Return the words that name a row, given its cells after the number.

    A narrow column breaks its words over several lines; the row then has more cells than ``columns``
    (the number's column counted), and the first ones belong together.
    """
    cells = list(takewhile(lambda cell: re.sub(r"\s", "", cell) not in ("合计", "总计", "小计"), cells))
    numbers = next((at for at, cell in enumerate(cells) if not read_row_number(cell)), len(cells))
    cells = cells[numbers:]
    if not cells or len(cells[0]) > 40:
        return ""
    spare = len(cells) + numbers - (columns - 1) if columns else 0
    parts = [cells[0]]
    for cell in cells[1 : 1 + max(spare, 0)]:
        if len(parts[0]) > _CELL_LENGTH or not is_row_name(cell):
            break
        parts.append(cell)
    return "".join(parts).rstrip("。")


def row_names(lines: Sequence[Line], first: int, last: int) -> list[int]:
    """Return the lines in ``first..last`` that name rows of a group without numbers.

    Names and contents take turns: a short line, then its text.
    """
    names = []
    at = first
    while at + 1 < last:
        content = lines[at + 1].words
        if not is_row_name(lines[at].words) or is_row_name(content) or len(content) < len(lines[at].words):
            return []
        names.append(at)
        at += 2
        while at < last and not is_row_name(lines[at].words):
            at += 1
    return names if len(names) >= 2 else []
