"""A small evaluation over a fake engine: two sections, five questions, answers from a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.conversation import Answer, Citation, Kind, Question, Turn
from eval.cases import QuestionFile
from eval.run import Run, run_cases
from index.document import Document, Hit, Passage, Scope, Section

TEXT = "培训办法一、培训每人每年不少于30天。二、检查每月一次。"
SECTIONS = (
    Section(("文首",), "", 0, 4),
    Section(("一",), "培训", 4, 18),
    Section(("二",), "检查", 18, len(TEXT)),
)
DOCUMENT = Document(
    id="d1",
    source="training.txt",
    part="",
    title="培训办法",
    issuer="",
    place="",
    years=(),
    number="",
    date="",
    raw=TEXT,
    text=TEXT,
    sections=SECTIONS,
)


@dataclass
class FakeIndex:
    """Finds every section, in reading order, whatever is asked."""

    documents: Sequence[Document] = (DOCUMENT,)

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:  # noqa: ARG002 - finds all
        """Return all sections."""
        passages = [Passage(f"d1:{n}:0", DOCUMENT, n, s.start, s.end) for n, s in enumerate(SECTIONS)]
        return [Hit(passage, 1.0, {}) for passage in passages][:limit]


@dataclass
class FakeEngine:
    """Answers from a table of question -> (words, section or None to refuse); remembers what it was asked."""

    table: dict[str, tuple[str, int | None]]
    asked: list[tuple[str, int]] = field(default_factory=list)

    def ask(self, text: str, history: Sequence[Turn] = ()) -> Turn:
        """Return the question as it is, and what the table says."""
        self.asked.append((text, len(history)))
        return Turn(
            Question(text=text, wording=text, search=text, language="zh", kind=Kind.WHAT), self.answer(text)
        )

    def answer(self, text: str) -> Answer:
        """Look up the table."""
        words, number = self.table[text]
        if number is None:
            return Answer(words, refused=True, reason="没有")
        section = SECTIONS[number]
        citation = Citation(
            n=1,
            source=DOCUMENT.source,
            document=DOCUMENT.title,
            document_id=DOCUMENT.id,
            place="",
            path=section.path,
            address="、".join(section.path),
            heading=section.heading,
            quote=words,
            start=section.start,
            end=section.end,
            section_start=section.start,
            section_end=section.end,
        )
        return Answer(f"{words}[1]", (citation,))


def question(identity: str, text: str, path: str | None, fact: str = "") -> dict[str, Any]:
    """Return a question line; without a path it must be refused."""
    gold = [{"doc": "training.txt", "path": [path], "facts": [[fact]], "optional": False}] if path else []
    return {
        "id": identity,
        "question": text,
        "lang": "zh",
        "kind": "number" if path else "unanswerable",
        "answerable": path is not None,
        "need": "all" if path else "none",
        "gold": gold,
        "forbidden": [],
    }


RECORDS: list[dict[str, Any]] = [
    question("q-1", "几天？", "一", "30天"),
    question("q-2", "多久一次？", "二", "每月一次"),
    question("q-3", "工资多少？", None),
    {
        "id": "d",
        "turns": [question("d-1", "培训几天？", "一", "30天"), question("d-2", "检查呢？", "二", "每月")],
    },
]
ALL_RIGHT = {
    "几天？": ("每人每年不少于30天", 1),
    "多久一次？": ("每月一次", 2),
    "工资多少？": ("文件里没有说。", None),
    "培训几天？": ("每人每年不少于30天", 1),
    "检查呢？": ("每月一次", 2),
}


def run(files: Sequence[QuestionFile], **changed: tuple[str, int | None]) -> Run:
    """Run the questions with some answers changed."""
    return run_cases(FakeEngine({**ALL_RIGHT, **changed}), FakeIndex(), files)
