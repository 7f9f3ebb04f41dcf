"""Question files as tables and back: CSV and Excel for people who live there, JSON lines for the program.

A row is one gold place; the rows of a question share its number, and what is said of the question is read
from the first of them. What a table cannot hold is refused when it is written, never lost.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

from eval.cases import CaseError

YES, NO = "是", "否"
_FIRST = ("采用", "编号", "对话", "问题", "语言", "题型", "能答", "依据", "文件", "条目", "事实")
HEADINGS = (*_FIRST, "可略", "错误说法", "是非", "由哪题变来", "怎样变的", "说明", "原文")
_WIDTHS = {"问题": 48, "事实": 32, "条目": 20, "文件": 28, "原文": 70, "说明": 30}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")  # what a spreadsheet would run, and what marks it
_PARTS = " / "
_SAID = {"polarity": "是非", "variant_of": "由哪题变来", "variation": "怎样变的", "note": "说明"}
_FOR_PEOPLE = ("text", "evidence")  # of a gold place: words of the document, to decide by
Record = Mapping[str, Any]


def read_table(path: Path) -> list[dict[str, Any]]:
    """Return the questions of a JSON lines, CSV or Excel file as records, those not taken (采用) left out.

    Raises CaseError where the file cannot be read or lacks a column.
    """
    try:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in path.read_text("utf-8-sig").split("\n") if line.strip()]
        if path.suffix == ".xlsx":
            book = load_workbook(path, read_only=True, data_only=True)
            rows = [["" if cell is None else str(cell) for cell in row] for row in book.worksheets[0].values]
            book.close()
        elif path.suffix == ".csv":
            rows = [[cell.removeprefix("'") for cell in row] for row in csv.reader(StringIO(_text(path)))]
        else:
            raise CaseError(f"{path.name}：只认 .jsonl、.csv 和 .xlsx。")
    except (OSError, ValueError, KeyError, BadZipFile, InvalidFileException, csv.Error) as error:
        raise CaseError(f"题目文件 {path} 读不了：{error}") from error
    return list(_records(path, rows))


def _text(path: Path) -> str:
    """Return a file's text: UTF-8, or what Excel in Chinese saves as CSV."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def write_table(path: Path, records: Sequence[Record], taken: str = YES) -> None:
    """Write questions as JSON lines, CSV or Excel, by the name's ending; ``taken`` goes into 采用.

    Raises CaseError where it cannot be written.
    """
    rows = [HEADINGS, *chain.from_iterable(_rows(record, taken) for record in records)]
    if path.suffix != ".jsonl":
        _check_nothing_is_lost(path, records)
    try:
        if path.suffix == ".jsonl":
            lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
            path.write_text("".join(lines), encoding="utf-8")
        elif path.suffix == ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel it is UTF-8
                safe = ([f"'{c}" if c.startswith(_FORMULA) else c for c in row] for row in rows)
                csv.writer(file).writerows(safe)
        elif path.suffix == ".xlsx":
            _workbook(rows).save(path)
        else:
            raise CaseError(f"{path.name}：只认 .jsonl、.csv 和 .xlsx。")
    except OSError as error:
        raise CaseError(f"题目写不到 {path}（{error.strerror}）。") from error


def _check_nothing_is_lost(path: Path, records: Sequence[Record]) -> None:
    rows = [HEADINGS, *chain.from_iterable(_rows(record, YES) for record in records)]
    back = {record["id"]: record for record in _records(path, rows)}
    unwritable = {row[1] for row in rows if any(map(ILLEGAL_CHARACTERS_RE.search, row))}
    for record in records:
        numbers = {turn["id"] for turn in record.get("turns", [record])}
        if _bare(record) != back.get(record["id"]) or numbers & unwritable:
            raise CaseError(
                f"编号“{record['id']}”的题里有表格存不下的内容（如事实里的“|”、条目里的“/”、首尾的空格），没有写成表格。"
            )


def _bare(record: Record) -> dict[str, Any]:
    """Return a record as it comes back from a table: no empty notes, none of the words copied for people."""
    if "turns" in record:
        return {"id": record["id"], "turns": [_bare(turn) for turn in record["turns"]]}
    golds = ({k: v for k, v in gold.items() if k not in _FOR_PEOPLE} for gold in record["gold"])
    told = {name: value for name, value in record.items() if name not in _SAID or value}
    return {**told, "gold": [{"facts": [], "optional": False, **gold} for gold in golds]} | {
        "forbidden": record.get("forbidden", [])
    }


def _workbook(rows: Sequence[Sequence[str]]) -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = "题目"
    for at, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            cell.value = text
            cell.data_type = "s"  # words, also where they look like a formula
            cell.number_format = "@"  # and what a person types stays as typed: 12-1 is no date
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=at == 1)
    for column, heading in enumerate(HEADINGS):
        sheet.column_dimensions[chr(ord("A") + column)].width = _WIDTHS.get(heading, 10)
    sheet.freeze_panes = "A2"
    return book


def _rows(record: Record, taken: str) -> Iterator[list[str]]:
    turns = record.get("turns", [record])
    for turn in turns:
        family = str(record["id"]) if "turns" in record else ""
        about = {
            "采用": taken,
            "编号": turn["id"],
            "对话": family,
            "问题": turn["question"],
            "语言": turn["lang"],
            "题型": turn["kind"],
            "能答": YES if turn["answerable"] else NO,
            "依据": turn["need"],
            "错误说法": "\n".join(turn.get("forbidden", [])),
            "是非": turn.get("polarity", ""),
            "由哪题变来": turn.get("variant_of", ""),
            "怎样变的": turn.get("variation", ""),
            "说明": turn.get("note", ""),
        }
        for number, gold in enumerate(turn["gold"] or [{}]):
            place = {
                "文件": gold.get("doc", ""),
                "条目": _PARTS.join(gold.get("path", [])),
                "事实": "\n".join(" | ".join(group) for group in gold.get("facts", [])),
                "可略": YES if gold.get("optional") else "",
                "原文": gold.get("text", ""),
            }
            first = about if number == 0 else {"编号": turn["id"]}
            yield [str({**first, **place}.get(heading, "")) for heading in HEADINGS]


def _records(path: Path, rows: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
    headings = list(rows[0]) if rows else []
    missing = [heading for heading in _FIRST if heading not in headings]
    if missing:
        raise CaseError(f"{path.name} 的第一行缺这些列：{'、'.join(missing)}。")
    questions: dict[str, list[dict[str, str]]] = {}
    for at, cells in enumerate(rows[1:], start=2):
        row = dict(zip(headings, cells, strict=False))
        if any(cell.strip() for cell in cells):
            _check_row(f"{path.name} 第 {at} 行", row, questions.get(row["编号"].strip(), ()))
            questions.setdefault(row["编号"].strip(), []).append(row)
    dialogues: dict[str, list[dict[str, Any]]] = {}
    order: dict[str, dict[str, Any]] = {}
    for identity, group in questions.items():
        if group[0]["采用"].strip() != YES:
            continue
        family, record = group[0]["对话"].strip(), _record(identity, group)
        if family:
            dialogues.setdefault(family, []).append(record)
            order[family] = {"id": family, "turns": dialogues[family]}
        else:
            order[identity] = record
    yield from order.values()


def _check_row(where: str, row: Mapping[str, str], before: Sequence[Mapping[str, str]]) -> None:
    """Raise CaseError at what a person easily gets wrong: it would drop a question or change its sense."""
    if not row["编号"].strip():
        raise CaseError(f"{where}没有写编号。")
    if before and row["问题"].strip() not in ("", before[0]["问题"].strip()):
        raise CaseError(f"{where}：编号“{row['编号'].strip()}”前面已有一道别的题，请改成另一个编号。")
    for heading, needed in (("采用", False), ("能答", not before), ("可略", False)):
        said = row.get(heading, "").strip()
        if said not in (YES, NO) and (said or needed):
            raise CaseError(f"{where}：“{heading}”要写“是”或“否”，不能是“{said}”。")


def _record(identity: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    first = rows[0]
    return {
        "id": identity,
        "question": first["问题"].strip(),
        "lang": first["语言"].strip(),
        "kind": first["题型"].strip(),
        "answerable": first["能答"].strip() == YES,
        "need": first["依据"].strip(),
        "gold": [
            {
                "doc": row["文件"].strip(),
                "path": [part.strip() for part in row["条目"].split(_PARTS.strip()) if part.strip()],
                "facts": [list(_words(line, "|")) for line in _words(row["事实"], "\n")],
                "optional": row.get("可略", "").strip() == YES,
            }
            for row in rows
            if row["文件"].strip()
        ],
        "forbidden": list(_words(first.get("错误说法", ""), "\n")),
        **{name: words for name, heading in _SAID.items() if (words := first.get(heading, "").strip())},
    }


def _words(text: str, between: str) -> Iterable[str]:
    return (word.strip() for word in text.split(between) if word.strip())
