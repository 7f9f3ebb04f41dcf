"""Questions about a document itself: its number, its date, its entry into force, what it repeals."""

import pytest

from bot.conversation import Concept, Kind, Question
from bot.holdings import Holdings
from bot.particulars import particulars
from index.document import Document, Scope
from index.parse import parse

TEXT = """云岭县财政资金管理办法
云政发〔2023〕5号
云岭县人民政府
2023年4月6日
第一条 为规范资金管理，制定本办法。
第二条 资金使用结果应当公布。2022年公布的目录继续有效。
第三条 本办法自2023年6月1日起施行。2015年发布的《云岭县资金使用规定》同时废止。
"""


@pytest.fixture
def document() -> Document:
    """A regulation of a county."""
    (parsed,) = parse("办法.txt", "0" * 64, TEXT, TEXT)
    return parsed


def ask(document: Document, wording: str, *words: str) -> str:
    """Return the words that answer a question about the document, with these concepts."""
    question = Question(
        text=wording,
        wording=wording,
        search=wording,
        language="zh",
        kind=Kind.METADATA,
        concepts=tuple(Concept((word,), 1.0) for word in words),
        scope=Scope(places=(document.place,)),
    )
    found = particulars(question, Holdings.of([document]))
    return "|".join(unit.text for finding in found for unit in finding.units)


@pytest.mark.parametrize(
    ("wording", "words", "said"),
    [
        ("财政资金办法的文号是多少", ("财政", "资金", "办法"), "云政发〔2023〕5号"),
        ("财政资金办法是哪天印发的", ("财政", "资金", "办法"), "2023年4月6日"),
        ("财政资金办法什么时候施行", ("财政", "资金", "办法"), "自2023年6月1日起施行"),
        ("新办法出来后哪个老文件作废了", ("新办法",), "同时废止"),
    ],
)
def test_a_document_states_its_particulars(
    document: Document, wording: str, words: tuple[str, ...], said: str
) -> None:
    """The answer is the line of the document that says so."""
    assert said in ask(document, wording, *words)


def test_the_date_of_something_else_is_not_the_documents(document: Document) -> None:
    """哪天公布 of a catalogue the document mentions is not answered with the document's own date."""
    assert ask(document, "项目清单是哪天公布的", "项目", "清单") == ""
