"""Language models measured: what their answers cost, whether what they say stands, and what a model as judge
agrees with.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]

from bot.llm import LlmError, Message, Trouble
from eval.__main__ import main
from eval.cases import read_questions
from eval.judge import agreement, judged_report, opinions
from eval.kept import read_kept
from eval.metrics import Cited, Modelled, Reply
from eval.support import supported
from index.build import build
from index.document import Document
from index.search import open_index
from tests.bases import write_documents
from tests.evaluations import RECORDS, question, run
from tests.llm_server import fails, says, serving

CITED = (Cited("plan.txt", ("一", "(一)"), "行政执法人员每人每年参加业务培训不少于48学时", n=1),)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with documents, index and one question."""
    folder = tmp_path_factory.mktemp("base")
    build(write_documents(folder / "documents"), folder / "index")
    asked = {**question("q-1", "云岭县执法人员每年至少培训多少学时？", "一", "48学时")}
    asked["gold"][0] |= {"doc": "plan.txt", "path": ["一", "(一)"]}
    (folder / "set.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def documents(base: Path) -> tuple[Document, ...]:
    """Return the two documents of the small base."""
    with open_index(base / "index") as index:
        return tuple(index.documents)


@pytest.mark.parametrize(
    ("text", "unmarked", "found"),
    [
        pytest.param("执法人员每人每年参加业务培训不少于48学时[1]。", True, (1, 1), id="stands"),
        pytest.param("执法人员每人每年参加业务培训不少于84学时[1]。", True, (0, 1), id="another figure"),
        pytest.param(
            "执法人员每人每年参加业务培训不少于48学时[2]。", True, (0, 1), id="nothing behind the mark"
        ),
        pytest.param("不少于48学时[1]。\n培训经费由财政保障。", True, (1, 2), id="no mark"),
        pytest.param(
            "不少于48学时[1]。\n培训经费由财政保障。", False, (1, 1), id="no mark, the program's own"
        ),
        pytest.param("具体如下：\n每人每年参加业务培训不少于48学时[1]。", True, (1, 1), id="leads in"),
    ],
)
def test_a_claim_stands_where_its_mark_says(
    documents: tuple[Document, ...], text: str, unmarked: bool, found: tuple[int, int]
) -> None:
    """A sentence is supported by the section it cites, or it is not; one without a mark never is."""
    assert supported(Reply(text, refused=False, citations=CITED), documents, unmarked) == found


def test_a_run_with_a_model_tells_what_it_costs(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a model set it answers; tokens, money, claims and what was left out are told, its key is not."""
    said = "行政执法人员每人每年参加业务培训不少于48学时[1]。培训经费由中央财政保障[1]。"
    asked = ["--questions", str(base / "set.jsonl"), "--out", str(tmp_path / "run")]
    with serving(says(*said)) as server:
        monkeypatch.setenv("YOUJU_LLM_BASE_URL", server.url)
        monkeypatch.setenv("YOUJU_LLM_MODEL", "test")
        monkeypatch.setenv("YOUJU_LLM_API_KEY", "very-secret")
        places = ["--documents", str(base / "documents"), "--index", str(base / "index")]
        assert main(["run", *places, *asked, "--price", "1000000", "2000000"]) == 0

    [outcome] = read_kept(tmp_path / "run").run.outcomes
    model = outcome.reply.model
    assert model is not None
    assert (model.name, model.left_out) == ("test", 1)
    assert model.read > 100
    assert 20 < model.written < 60
    assert outcome.judgement.right
    assert outcome.counts["supported"] == (1.0, 1.0)
    assert outcome.counts["left_out"] == (1.0, 1.0)
    money = model.read + 2 * model.written
    assert f"花费 {money:.2f}" in capsys.readouterr().out
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "run").iterdir())
    assert "very-secret" not in kept
    assert '"llm_model": "test"' in kept


def test_a_model_that_fails_is_told(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered without the model that was asked is not taken for its work."""
    with serving(fails(401)) as server:
        monkeypatch.setenv("YOUJU_LLM_BASE_URL", server.url)
        monkeypatch.setenv("YOUJU_LLM_MODEL", "test")
        places = ["--documents", str(base / "documents"), "--index", str(base / "index")]
        asked = ["--questions", str(base / "set.jsonl"), "--out", str(tmp_path / "run")]
        assert main(["run", *places, *asked, "--floor", "model_failed=0"]) == 1

    [outcome] = read_kept(tmp_path / "run").run.outcomes
    assert outcome.judgement.right
    assert outcome.counts["model_failed"] == (1.0, 1.0)
    assert outcome.reply.model is not None
    assert outcome.reply.model.trouble


def test_answers_of_another_model_are_scored_with_their_claims(base: Path, tmp_path: Path) -> None:
    """A line of the batch contract that names its model has its claims looked at."""
    line = {
        "id": "q-1",
        "answer": "不少于48学时[1]。培训经费由财政保障。",
        "refused": False,
        "citations": [{"n": 1, "source": "plan.txt", "path": ["一", "(一)"], "quote": "不少于48学时"}],
        "model": {"name": "other", "read": 10, "written": 5},
    }
    (tmp_path / "answers.jsonl").write_text(json.dumps(line), encoding="utf-8")
    places = ["--documents", str(base / "documents"), "--index", str(base / "index")]
    asked = ["--questions", str(base / "set.jsonl"), "--out", str(tmp_path / "run")]
    assert main(["score", *places, *asked, "--answers", str(tmp_path / "answers.jsonl")]) == 0

    [outcome] = read_kept(tmp_path / "run").run.outcomes
    assert outcome.reply.model == Modelled("other", 10, 5)
    assert outcome.counts["supported"] == (1.0, 2.0)


@dataclass
class Scripted:
    """A model that says these things one after the other; an error is raised."""

    script: Iterator[str | LlmError]

    def write(self, messages: Sequence[Message], most: int) -> str:
        """Say the next."""
        assert messages[0].role == "system"
        assert most > 0
        said = next(self.script)
        if isinstance(said, LlmError):
            raise said
        return said


@pytest.mark.parametrize(
    "said",
    [["对", "对", "不对", "不对"], ["对", "不对", "不对", "对"], ["不对", "对", "对", "对。"], ["对"] * 4],
)
def test_kappa_is_that_of_scikit_learn(tmp_path: Path, said: list[str]) -> None:
    """Share and kappa of judge and facts are those of the library."""
    path = tmp_path / "made-up.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    made = run(read_questions([path]), **{"多久一次？": ("每年一次", 2), "检查呢？": ("没说", 2)})

    judged = list(opinions(made.outcomes, Scripted(iter(said))))
    found = agreement(judged)

    facts = [True, False, True, False]  # the question that must be refused is not judged
    model = [words.startswith("对") for words in said]
    assert [one.outcome.judgement.facts for one in judged] == facts
    assert found is not None
    assert found.share.value == sum(a == b for a, b in zip(facts, model, strict=True)) / 4
    assert found.kappa == pytest.approx(cohen_kappa_score(facts, model))


def test_a_judge_that_says_nothing_usable_is_told_apart(tmp_path: Path) -> None:
    """Prose and failures are no verdicts, and are shown; without any verdict there is no agreement."""
    path = tmp_path / "made-up.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS[:2])), encoding="utf-8")
    made = run(read_questions([path]))

    judged = list(opinions(made.outcomes, Scripted(iter(["我认为是对的", LlmError(Trouble.BUSY)]))))

    assert [one.right for one in judged] == [None, None]
    assert agreement(judged) is None
    told = "\n".join(judged_report(judged))
    assert "其中 2 份没有给出判断" in told
    assert "我认为是对的" in told
    assert str(Trouble.BUSY) in told


def test_the_command_asks_the_model_set(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answers of a run are judged and the agreement printed; without a model one is told what to set."""
    places = ["--documents", str(base / "documents"), "--index", str(base / "index")]
    kept, out = str(tmp_path / "run"), tmp_path / "judged.jsonl"
    assert main(["run", *places, "--questions", str(base / "set.jsonl"), "--out", kept]) == 0
    assert main(["judge", kept]) == 2
    assert "没有设置语言模型" in capsys.readouterr().err

    with serving(says("对")) as server:
        monkeypatch.setenv("YOUJU_LLM_BASE_URL", server.url)
        monkeypatch.setenv("YOUJU_LLM_MODEL", "test")
        assert main(["judge", kept, "--out", str(out)]) == 0
        asked = server.asked[0]["messages"][-1]["content"]

    assert "48学时" in asked
    assert "与事实判分一致 1.000" in capsys.readouterr().out
    assert json.loads(out.read_text("utf-8")) == {"id": "q-1", "right": True, "said": "对"}
