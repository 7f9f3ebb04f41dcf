"""What a model is worth is measured where one is set."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.llm_settings import LlmSettings, Use
from eval.ablation import Ablation, Material
from eval.cases import read_questions
from eval.optional import HELPED, RERANKED, WRITTEN, switched_on
from index.build import build
from index.models import Reranker
from index.search import open_index
from tests.bases import write_documents
from tests.llm_server import Handler, says, serving

# A word no document has: nothing is found until the model puts it into official ones.
ASKED = "云岭县抽卷子挑毛病一年弄几回"
SAID = ("云岭县行政执法案卷评查每年组织几次", "县司法局每年组织两次执法案卷评查[1]。")


class LastFirst:
    """A cross-encoder that likes what was found last."""

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the place of each, whatever is asked."""
        del query
        return np.arange(len(passages), dtype=np.float32)


@pytest.fixture
def material(tmp_path: Path) -> Iterator[Material]:
    """Two documents and two questions."""
    build(write_documents(tmp_path / "documents"), tmp_path / "index")
    gold = {"doc": "plan.txt", "path": ["一", "(二)"], "facts": [["两次"]], "optional": False}
    case = {"lang": "zh", "kind": "number", "answerable": True, "need": "any", "gold": [gold]}
    lines = [
        {"id": "a", "question": ASKED, "forbidden": [], **case},
        {"id": "b", "question": "云岭县案卷评查一年几次？", "forbidden": [], **case},
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    with open_index(tmp_path / "index", cast(Reranker, LastFirst())) as index:
        yield [(index, read_questions([questions]))]


def test_each_row_tells_what_switching_on_did(material: Material) -> None:
    """Other wordings make one question right that was refused; the others change what they change."""
    with serving(says(SAID[1])) as server:

        def by_prompt(handler: Handler, asked: dict[str, Any]) -> None:
            system = asked["messages"][0]["content"]
            says(SAID[0] if "换成" in system else SAID[1])(handler, asked)

        server.replies = [by_prompt]
        rows = [
            row for row in switched_on(material, LlmSettings(server.url, "test")) if isinstance(row, Ablation)
        ]

    gained = {row.method: row.effects[0].difference.value for row in rows}
    assert list(gained) == [RERANKED, WRITTEN, *HELPED.values()]
    assert gained[HELPED[Use.QUERIES]] == 0.5
    assert gained[HELPED[Use.REWRITE]] == 0.0


def test_what_is_not_set_is_named(material: Material) -> None:
    """Without a model there is nothing to measure, and no figure is made up."""
    rows = [row for row in switched_on(material, None) if isinstance(row, str)]

    assert rows == [WRITTEN, *HELPED.values()]
