"""Many questions at once: JSON lines in, the sections found for each as JSON lines out."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.document import Hit
from index.errors import YoujuError
from index.search import encodable


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the name its results go by."""

    id: str
    question: str


def read_queries(path: Path) -> list[Query]:
    """Read lines of ``{"id" | "qid", "question"}``, from stdin where the path is ``-``.

    Raises YoujuError, naming the line, at the first that is wrong, before anything is searched for.
    """
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        # Not splitlines: it also cuts at characters that may stand inside a JSON string.
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise YoujuError(f"无法读取问题文件 {path}：{error.strerror}。请检查路径。") from error
    except UnicodeDecodeError as error:
        raise YoujuError(f"问题文件 {path} 不是 UTF-8 编码，请另存为 UTF-8。") from error
    queries = [_query(line, f"{path} 第 {number} 行") for number, line in enumerate(lines, 1) if line.strip()]
    if not queries:
        raise YoujuError(f"问题文件 {path} 里一个问题也没有。")
    return queries


def _query(line: str, where: str) -> Query:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise YoujuError(f"问题文件 {where}不是合法的 JSON：每行应是一个 JSON 对象。") from error
    if not isinstance(fields, dict):
        raise YoujuError(f"问题文件 {where}应是一个 JSON 对象，含 id（或 qid）和 question。")
    identity = fields.get("id", fields.get("qid"))
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        raise YoujuError(f"问题文件 {where}缺少 id（或 qid），它应是文字或整数。")
    question = fields.get("question")
    if not isinstance(question, str) or not question.strip():
        raise YoujuError(f"问题文件 {where}缺少 question，它应是不为空的文字。")
    return Query(encodable(str(identity)), question)


def record(query: Query, hits: Sequence[Hit]) -> str:
    """Return one line of JSON: the question's id and what was found, best first."""
    results = [_result(hit) for hit in hits]
    return json.dumps({"id": query.id, "results": results}, ensure_ascii=False)


def _result(hit: Hit) -> dict[str, object]:
    """Return where a hit stands and its words; an item of an article stands for the whole article."""
    document, home = hit.passage.document, hit.passage.home
    path, text = document.cited_path(home), hit.passage.text
    if home.article:
        path = path[: len(path) - len(home.path) + len(home.article)]
        parts = (section for section in document.sections if section.article == home.article)
        text = "".join(document.section_text(section) for section in parts)
    return {
        "source": document.source,
        "document": document.title,
        "path": list(path),
        "text": text,
        "score": hit.score,
    }
