"""The whole assistant in LangChain."""

import re
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda

from bot.langchain import Assistant, assistant
from index.document import Scope
from index.settings import Settings
from tests.folders import built
from tests.programs import FACT, FOLLOW_UP, FOLLOWED, QUESTION

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def youju(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant on the plans."""
    home = tmp_path_factory.mktemp("home")
    return assistant(built()[0], Settings(None, home, None))


def test_an_answer_is_the_object_of_the_contract(youju: Assistant) -> None:
    """What comes out of a chain is what ``ask --json`` prints."""
    answer = youju.invoke(QUESTION)

    assert answer.keys() == {"id", "answer", "refused", "reason", "citations", "seconds"}
    assert answer["citations"][0]["quote"] == FACT


def test_a_follow_up_leans_on_the_questions_before(youju: Assistant) -> None:
    """The history is the questions asked before."""
    answer = youju.invoke({"question": FOLLOW_UP, "history": [QUESTION]})

    assert FOLLOWED in answer["answer"]


def test_pieces_of_a_stream_add_up_to_the_answer(youju: Assistant) -> None:
    """A chain that streams shows the same in the end as one that does not."""
    pieces = list(youju.stream("青禾县和云溪县的常务会议每年各学法几次？"))
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece  # type: ignore[operator]  # what LangChain does with pieces
    expected = youju.invoke("青禾县和云溪县的常务会议每年各学法几次？")

    assert len(pieces) > 2
    assert {**whole, "seconds": 0} == {**expected, "seconds": 0}


def test_it_stands_in_a_chain(youju: Assistant) -> None:
    """It composes, in batches too."""
    chain = youju | RunnableLambda(lambda answer: answer["refused"])

    assert chain.batch([QUESTION, "火星上有几个村？"]) == [False, True]


def test_a_scope_holds_for_every_question(tmp_path: Path) -> None:
    """Nothing outside is cited."""
    narrow = assistant(built()[0], Settings(None, tmp_path, None), Scope(places=("云溪县",)))

    assert {c["source"] for c in narrow.invoke("常务会议每年学法不少于几次？")["citations"]} == {"plan-1.txt"}


def test_the_lines_in_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/programs.md shows of LangChain works as it stands, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    section = page.partition("## LangChain")[2]
    examples = re.findall(r"```python\n(.+?)```", section, re.DOTALL)
    documents, index = built()
    names = {"资料文件夹": str(documents), "索引文件夹": str(index)}

    assert len(examples) == 2
    for example in examples:
        for name, folder in names.items():
            example = example.replace(name, folder)
        shown: dict[str, Any] = {}
        exec(example, shown)
        assert shown.get("youju") or shown["hits"]
