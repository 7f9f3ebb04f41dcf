"""Questions proposed from documents with their gold: a person takes, mends or drops each.

They are drawn as the page draws its first questions (``bot.drawn``), so they lie near the document's own
words and are easier than what people ask: good for finding what is not answered at all, no measure alone.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.drawn import Drawn, drawn
from bot.numerals import NUMERAL
from bot.recast import Sort
from index.document import Document

KINDS = {
    Sort.BOUND: "number",
    Sort.FIGURE: "number",
    Sort.DEADLINE: "deadline",
    Sort.WHO: "who",
    Sort.LIST: "list",
    Sort.BAN: "yesno",
}
_DATE = r"[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?|年?底|年?末)?|[0-9]{1,2}月[0-9]{1,2}日"
_UNIT = "工作日|学时|课时|小时|分钟|个月|百分点|万元|亿元|人次|[\u4e00-\u9fff%]"
_FIGURE = re.compile(rf"{_DATE}|百分之(?:{NUMERAL})|(?:{NUMERAL})个?(?:{_UNIT})")
_RESPONSIBLE = re.compile(r"^[〔\[(（【]?(?:责任|牵头)(?:单位|部门)[:：]|[〕\]】。]+$")
_BEFORE = 3  # characters before a figure that the question must hold, too
TAKE, MEND, DROP, STOP = "y", "e", "n", "q"
Ask = Callable[[str], str]


def proposals(documents: Iterable[Document], most: int, seed: int) -> list[dict[str, Any]]:
    """Return question records, ``most`` at most (0: all), a seeded choice even over documents; facts may be
    empty, to be filled in by a person.
    """
    found = [[_record(one) for one in _of(document)] for document in documents]
    generator = random.Random(seed)  # noqa: S311 - a choice, no secret
    for pool in found:
        generator.shuffle(pool)
    rounds = max(map(len, found), default=0)
    chosen = [pool[at] for at in range(rounds) for pool in found if at < len(pool)]
    return [{"id": f"new-{n:04d}", **record} for n, record in enumerate(chosen[: most or None], start=1)]


def review(
    records: Sequence[dict[str, Any]], ask: Ask, show: Callable[[str], object]
) -> Iterator[dict[str, Any]]:
    """Yield the records a person takes, as mended. ``ask`` puts a question to the person."""
    for number, record in enumerate(records, start=1):
        gold = record["gold"][0] if record["gold"] else {}
        facts = "；".join(" | ".join(group) for group in gold.get("facts", []))
        show(f"\n{number}/{len(records)}  {record['id']}  {record['question']}")
        show(f"  出处：{gold.get('doc', '')} {'/'.join(gold.get('path', []))}")
        show(f"  原文：{gold.get('text', '')}")
        show(f"  事实：{facts or '（没有，要补上）'}")
        answer = ask(f"采用 {TAKE}，修改 {MEND}，不要 {DROP}，停止 {STOP}：").strip().lower()
        if answer == STOP:
            return
        if answer == MEND:
            question = ask("问题（不改就回车）：").strip()
            words = ask("事实，各项用“；”隔开，同一项的不同写法用“|”隔开（不改就回车）：").strip()
            groups = [[w.strip() for w in one.split("|") if w.strip()] for one in words.split("；")]
            gold = {**gold, "facts": [group for group in groups if group] or gold.get("facts", [])}
            record = {**record, "question": question or record["question"], "gold": [gold]}
        if answer in (TAKE, MEND):
            if gold.get("facts"):
                yield record
            else:
                show("  没有写事实，没有采用。")


def _of(document: Document) -> Iterator[Drawn]:
    seen: set[str] = set()
    for section in range(len(document.sections)):
        for one in drawn(document, section):
            if one.text not in seen:
                seen.add(one.text)
                yield one


def _record(one: Drawn) -> dict[str, Any]:
    document, section = one.unit.document, one.unit.document.sections[one.unit.section]
    gold = {
        "doc": document.source,
        "path": list(document.cited_path(section)),
        "facts": [[fact] for fact in _facts(one)],
        "optional": False,
        "text": " ".join(one.unit.text.split()),
    }
    return {
        "question": one.text,
        "lang": "zh",
        "kind": KINDS[one.sort],
        "answerable": True,
        "need": "any",
        "gold": [gold],
        "forbidden": [],
        **({"polarity": "no"} if one.sort is Sort.BAN else {}),
    }


def _facts(one: Drawn) -> Sequence[str]:
    """Return what a right answer must say, as far as the words themselves tell."""
    text = "".join(one.unit.text.split())
    if one.sort is Sort.WHO and _RESPONSIBLE.match(text):
        return [body for body in re.split("[,，、;；]", _RESPONSIBLE.sub("", text)) if body]
    if one.sort in (Sort.BOUND, Sort.FIGURE):
        return left_out(one.text, text)
    dates = [date for date in re.findall(_DATE, text) if date not in one.text]
    return dates if one.sort is Sort.DEADLINE and len(dates) == 1 else ()


def left_out(question: str, text: str) -> Sequence[str]:
    """Return the figure of a sentence that the question leaves out, though it holds the characters before
    it; none where several could be meant.
    """
    left = {
        match[0]
        for match in _FIGURE.finditer(text)
        if match[0] not in question and text[max(0, match.start() - _BEFORE) : match.start()] in question
    }
    return tuple(left) if len(left) == 1 else ()
