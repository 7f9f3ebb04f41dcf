"""Two scorers that share no code agree on every verdict; a slip planted in the one is seen by the other."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.engine import Engine
from bot.render import record
from eval import metrics
from eval.cases import Case, conversations, read_questions
from eval.metrics import Judgement, Reply, judge
from eval.quantities import normalise
from eval.run import clean_texts, reply_of
from index.build import build
from index.search import Index, open_index
from tests.second_scorer import single, verdict

PROJECT = Path(__file__).resolve().parents[1]
Line = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """A question as read by the program and as it stands in the file, and an answer line."""

    case: Case
    question: Line
    answer: Line


@dataclass(frozen=True)
class Material:
    """Answers to judge, and the clean texts of the files they cite."""

    answered: tuple[Answered, ...]
    texts: dict[str, list[str]]


def material(index: Index, paths: Sequence[Path]) -> Material:
    """Ask all questions, and spoil every answer in each way there is, so that verdicts of all sorts occur."""
    lines = [json.loads(line) for path in paths for line in path.read_text("utf-8").split("\n") if line]
    questions = {line["id"]: line for line in single(lines)}
    engine = Engine(index)
    answered: list[Answered] = []
    for file in read_questions(paths):
        for turns in conversations(file.cases):
            history: list[Any] = []
            for case in turns:
                turn = engine.ask(case.question, tuple(history))
                history.append(turn)
                question = questions[case.id]
                honest = record(case.id, turn.answer)
                answered += [Answered(case, question, line) for line in (honest, *spoilt(question, honest))]
    return Material(tuple(answered), clean_texts(index.documents))


def spoilt(question: Line, answer: Line) -> Iterator[Line]:
    """Yield the answer spoilt in each way that applies."""
    generator = random.Random(question["id"])
    facts = [word for gold in question["gold"] for group in gold["facts"] for word in group]
    yield {**answer, "refused": not answer["refused"]}
    yield {**answer, "citations": []}
    yield {**answer, "answer": answer["answer"].replace(generator.choice(facts), "") if facts else "不知道"}
    # All that is asked for is said and cited, once by its address and once by an address too high up.
    everything = "；".join(facts)
    deeper = [_citation(gold, [*gold["path"], "1."]) for gold in question["gold"]]
    higher = [_citation(gold, gold["path"][:-1]) for gold in question["gold"]]
    yield {**answer, "refused": False, "answer": everything, "citations": deeper}
    yield {**answer, "refused": False, "answer": everything, "citations": deeper[:1]}
    yield {**answer, "refused": False, "answer": everything, "citations": higher}
    forbidden = "，不是".join(question.get("forbidden", []))
    yield {**answer, "refused": False, "answer": f"{everything}，不是 {forbidden}", "citations": deeper}
    wide = everything.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    yield {**answer, "refused": False, "answer": " ".join(wide), "citations": deeper}


def _citation(gold: Line, path: list[str]) -> Line:
    return {"source": gold["doc"], "path": path, "quote": "没有这句话", "heading": ""}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """The sample questions over the sample documents."""
    folder = tmp_path_factory.mktemp("second") / "index"
    build(PROJECT / "samples", folder, None)
    questions = PROJECT / "eval" / "questions"
    with open_index(folder) as index:
        return material(index, [questions / "samples.jsonl", questions / "samples_more.jsonl"])


def verdicts(judgement: Judgement) -> Line:
    """Return a judgement in the second scorer's terms."""
    return {
        "right": judgement.right,
        "facts": judgement.facts,
        "cited": judgement.cited,
        "refused": judgement.refused,
        "fitting": judgement.matching,
        "standing": judgement.citations - len(judgement.altered),
    }


def disagreements(
    found: Material, judged: Callable[[Case, Reply, dict[str, list[str]]], Judgement] = judge
) -> list[str]:
    """Return where the two scorers differ: question, verdict, ours, the other's."""
    whole = {source: "\n".join(texts) for source, texts in found.texts.items()}
    differing = []
    for one in found.answered:
        ours = verdicts(judged(one.case, reply_of(one.answer), found.texts))
        theirs = verdict(one.question, one.answer, whole)
        differing += [
            f"{one.case.id} {name}: {ours[name]} {theirs[name]} {one.answer['answer'][:80]}"
            for name in theirs
            if ours[name] != theirs[name]
        ]
    return differing


def test_all_verdicts_on_the_samples_agree(samples: Material) -> None:
    """Every verdict on every answer, honest or spoilt, is the same by both; and both sorts occur often."""
    right = [judge(one.case, reply_of(one.answer), samples.texts).right for one in samples.answered]

    assert disagreements(samples) == []
    assert min(right.count(True), right.count(False)) > 100


def test_all_verdicts_on_the_shared_questions_agree(shared: Path, tmp_path: Path) -> None:
    """The same on the questions about real documents."""
    build(shared / "documents", tmp_path / "index", None)
    with open_index(tmp_path / "index") as index:
        found = material(index, sorted((shared / "questions").glob("*.jsonl")))

    assert disagreements(found) == []
    assert len({one.case.id for one in found.answered}) == 150


def flattering(case: Case, reply: Reply, texts: dict[str, list[str]]) -> Judgement:
    """A scorer that always says right."""
    return replace(judge(case, reply, texts), right=True, facts=True, cited=True)


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        pytest.param("covers", lambda gold, source, _: gold.source == source, id="any place of the file"),
        pytest.param(
            "covers",
            lambda gold, source, path: gold.source == source and tuple(gold.path) == tuple(path),
            id="the very address only",
        ),
        pytest.param("missing_facts", lambda *_: (), id="facts not looked for"),
        pytest.param(
            "missing_facts",
            lambda gold, answer: tuple(
                group for group in gold.facts if not all(normalise(word) in answer for word in group)
            ),
            id="every wording wanted",
        ),
        pytest.param("normalise", lambda text: text, id="strings compared as they are"),
        pytest.param("stands", lambda *_: True, id="quotes not looked up"),
        pytest.param("CORRECTABLE", "unanswerable", id="any wrong answer taken for a correction"),
    ],
)
def test_a_planted_slip_is_seen(
    samples: Material, monkeypatch: pytest.MonkeyPatch, name: str, slip: object
) -> None:
    """A scorer with one rule wrong disagrees somewhere."""
    monkeypatch.setattr(metrics, name, slip)

    assert disagreements(samples) != []


def test_a_scorer_that_always_says_right_is_seen(samples: Material) -> None:
    """Flattery disagrees with the second scorer."""
    assert len(disagreements(samples, flattering)) > 100
