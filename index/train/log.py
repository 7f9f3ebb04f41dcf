"""Question logs: what people asked, and the text or the section that answered them.

A line of JSON each: ``{"question": …}`` with ``"gold": [{"source": …, "path": […]}]``, sections of the
documents as the index cites them, or with ``"text"`` (one text or a list of them), or with both. An
``"answer"`` in somebody's own words may stand beside; it is learnt from as another way to ask.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.train.articles import Article, TrainingError


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, the numbers of the articles that answer it, and texts that do."""

    question: str
    articles: tuple[int, ...]
    texts: tuple[str, ...]
    answer: str


def read_log(paths: Sequence[Path], articles: Sequence[Article]) -> tuple[Asked, ...]:
    """Read question logs. Raises TrainingError, naming file and line, at the first fault."""
    places: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for number, article in enumerate(articles):
        for path in article.paths:
            places.setdefault((article.source, path), []).append(number)
    return tuple(asked for path in paths for asked in _read(path, places))


def _read(path: Path, places: Mapping[tuple[str, tuple[str, ...]], list[int]]) -> list[Asked]:
    try:
        # Not splitlines: it also cuts at characters that may stand inside a JSON string.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise TrainingError(f"题目文件打不开：{path}（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise TrainingError(f"题目文件不是 UTF-8 编码：{path}，请另存为 UTF-8。") from error
    found = [_line(line, path, number, places) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise TrainingError(f"题目文件里一道题也没有：{path}。")
    return found


def _line(
    line: str, path: Path, number: int, places: Mapping[tuple[str, tuple[str, ...]], list[int]]
) -> Asked:
    def wrong(problem: str) -> TrainingError:
        return TrainingError(f"{path.name} 第 {number} 行：{problem}。")

    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise wrong(f"不是合法的 JSON（第 {error.colno} 个字符处）") from error
    if not isinstance(record, dict):
        raise wrong("应当是对象 {…}")
    question, answer, text = record.get("question"), record.get("answer", ""), record.get("text", [])
    texts = [text] if isinstance(text, str) else text
    if not isinstance(question, str) or not question.strip():
        raise wrong("字段 question 应当是不为空的文字")
    if not isinstance(answer, str):
        raise wrong("字段 answer 应当是文字")
    if not isinstance(texts, list) or not all(isinstance(item, str) and item.strip() for item in texts):
        raise wrong("字段 text 应当是不为空的文字，或这样的文字的列表")
    gold = record.get("gold", [])
    if not isinstance(gold, list):
        raise wrong("字段 gold 应当是列表 […]")
    numbers: list[int] = []
    for item in gold:
        if not isinstance(item, dict) or not isinstance(item.get("source"), str):
            raise wrong('字段 gold 的每一项应当写明 {"source": 文件, "path": [条目…]}')
        labels = item.get("path")
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise wrong("字段 gold 里的 path 应当是文字的列表")
        here = places.get((item["source"], tuple(labels)))
        if here is None:
            raise wrong(
                f"文档里没有“{item['source']}”的“{'、'.join(labels)}”这一条。请对照 index show 的输出"
            )
        numbers += here
    if not numbers and not texts:
        raise wrong("没有写答案在哪里：要有 gold（文件和条目）或 text（原文）")
    return Asked(question, tuple(dict.fromkeys(numbers)), tuple(texts), answer)
