"""Reading comprehension as material of ours: a passage becomes a document, its questions our cases.

Such a question is put to one passage (该案, 原告 …) and means nothing without it, so each passage gets a
title of its own and the question names it: 《αβγδ》中，原告……. The title is of Greek letters because no
word of a question is read from them: 《材料0007》 would add two words to what is asked. A passage without
sentence ends is left out: as one long sentence it cannot tell a good choice of sentences from a bad one.
"""

import gzip
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from index.errors import YoujuError

DOCUMENTS = "documents"  # the folder inside the one written to
_SEED = 20_240_601
_SENTENCE_END = re.compile(r"[。！？]")
_SENTENCES = 4  # a passage has at least
_DIGITS = str.maketrans("0123456789", "αβγδεζηθικ")


class ReadingError(YoujuError):
    """The source cannot be read or holds too few usable passages, or the folder is not empty."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question on a passage. ``answers`` are wordings of the one answer, none for yes or no and for
    what the passage does not answer; ``kind`` is span, yesno or unanswerable.
    """

    id: str
    kind: str
    question: str
    passage: str
    answers: tuple[str, ...]


def read_items(source: Path) -> list[Item]:
    """Read a gzip file of JSON lines with id, type, question, passage, answers. Raises ReadingError."""
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            return [_item(json.loads(line)) for line in lines if line.strip()]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise ReadingError(f"{source} 读不成阅读理解题（{type(error).__name__}: {error}）。") from error


def write_material(source: Path, folder: Path, passages: int) -> tuple[int, int]:
    """Write that many passages, chosen by a fixed seed, and their questions; return how many of each.

    The questions stand beside the folder of documents under the source's name (cail2019.jsonl), by which
    reports name the set. Raises ReadingError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ReadingError(f"文件夹 {folder} 不是空的；请换一个，或先清空。")
    items = sorted(read_items(source), key=lambda item: item.passage)
    whole = [tuple(group) for _, group in groupby(items, key=lambda item: item.passage)]
    usable = [group for group in whole if len(_SENTENCE_END.findall(group[0].passage)) >= _SENTENCES]
    if len(usable) < passages:
        raise ReadingError(f"{source.name} 里断了句的文章只有 {len(usable)} 篇，不够 {passages} 篇。")
    chosen = random.Random(_SEED).sample(usable, passages)  # noqa: S311 - a choice to be repeated, no secret
    (folder / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    records = []
    for number, group in enumerate(chosen, start=1):
        title = f"{number:04}".translate(_DIGITS)
        name = f"{number:04}.txt"
        (folder / DOCUMENTS / name).write_text(f"{title}\n{group[0].passage}\n", encoding="utf-8")
        records += [_case(item, title, name) for item in group]
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    (folder / f"{source.name.partition('.')[0]}.jsonl").write_text("".join(lines), encoding="utf-8")
    return passages, len(records)


def _item(record: Mapping[str, object]) -> Item:
    answers = record["answers"]
    if not isinstance(answers, list):
        raise TypeError("answers must be a list")
    texts = [record[field] for field in ("id", "type", "question", "passage")]
    if not all(isinstance(text, str) and text for text in [*texts, *answers]):
        raise TypeError("id, type, question, passage and each answer must be text")
    identity, kind, question, passage = map(str, texts)
    return Item(identity, kind, question.strip(), passage, tuple(dict.fromkeys(map(str, answers))))


def _case(item: Item, title: str, name: str) -> dict[str, object]:
    """Return a line of a question file. The gold place is the whole document; a yes or no has no words
    that must be said, so that only the place is judged.
    """
    answerable = item.kind != "unanswerable"
    gold = {"doc": name, "path": [], "facts": [list(item.answers)] if item.answers else [], "optional": False}
    return {
        "id": item.id,
        "question": f"《{title}》中，{item.question}",
        "lang": "zh",
        "kind": item.kind,
        "answerable": answerable,
        "gold": [gold] if answerable else [],
        "forbidden": [],
        "note": "" if answerable else f"{name} 没有说到",
        "need": "any" if answerable else "none",
    }
