"""Ask every question and judge every answer: one run, as a value that can be kept and compared."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Protocol

from bot.conversation import Draft, Question, Turn
from bot.render import record
from eval.cases import Case, CaseError, QuestionFile, conversations
from eval.measures import Counts, counts
from eval.metrics import Cited, Judgement, Modelled, Reply, covers, judge
from eval.quantities import normalise, quantities
from eval.ranks import CUTOFFS, Ranks, gold_ranks
from eval.support import supported
from index.document import Document, Hit, Scope

FORMAT = 1  # of the JSON file of a run; raised when an older one can no longer be compared


class Asker(Protocol):
    """The engine, as far as evaluation sees it."""

    def ask(self, text: str, history: Sequence[Turn] = ()) -> Turn:
        """Answer a question and return it with how it was understood."""


class Meter(Protocol):
    """What counts the work of a language model."""

    def used(self, draft: Draft | None) -> Modelled | None:
        """Return what the model did since it was last asked for; None where it was not asked."""


class Searcher(Protocol):
    """The index, as far as evaluation sees it."""

    @property
    def documents(self) -> Sequence[Document]:
        """The documents held."""

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:
        """Return the passages found, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, what came back, and what it is worth. ``ranks`` is None where no search was seen."""

    case: Case
    reply: Reply
    judgement: Judgement
    ranks: Ranks | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Run:
    """All outcomes, with what was asked of what: file name -> content hash for questions and documents.

    ``unresolved`` names gold places that no section of the documents has: a fault of the questions or
    of the parser, never of the answer.
    """

    outcomes: tuple[Outcome, ...]
    questions: Mapping[str, str]
    documents: Mapping[str, tuple[str, ...]]
    unresolved: tuple[str, ...]


def run_cases(
    engine: Asker, index: Searcher, files: Sequence[QuestionFile], meter: Meter | None = None
) -> Run:
    """Ask every question, the turns of a dialogue in one conversation, and judge what comes back. ``meter``
    counts what the engine's language model does, where it has one.
    """
    outcome = _judging(index.documents)
    outcomes: list[Outcome] = []
    for turns in conversations(_all_cases(files)):
        history: list[Turn] = []
        for case in turns:
            turn = engine.ask(case.question, tuple(history))
            history.append(turn)
            # After the answer, so that it does not find the search warmed up by us.
            ranks = _ranks(case, turn.question, index) if case.answerable else None
            # Through the batch record, so that asking here and scoring a file cannot differ.
            reply = reply_of(record(case.id, turn.answer))
            model = meter.used(turn.answer.draft) if meter else None
            outcomes.append(outcome(case, replace(reply, model=model), ranks))
    return _run(outcomes, files, index.documents)


def score_answers(path: Path, documents: Sequence[Document], files: Sequence[QuestionFile]) -> Run:
    """Judge a file of answers in the batch contract. Raises CaseError when it does not fit the questions."""
    return score_replies(read_answers(path), documents, files, path.name)


def score_replies(
    replies: Mapping[str, Reply], documents: Sequence[Document], files: Sequence[QuestionFile], name: str
) -> Run:
    """Judge replies, id -> reply, of what is called ``name``. Raises CaseError where one is missing."""
    cases = _all_cases(files)
    absent = [case.id for case in cases if case.id not in replies]
    if absent:
        shown = "、".join(absent[:10]) + ("等" if len(absent) > 10 else "")
        raise CaseError(f"{name} 里缺 {len(absent)} 道题的回答：{shown}。请对同一组题目重新作答。")
    outcome = _judging(documents)
    outcomes = [outcome(case, replies[case.id], None) for case in cases]
    return _run(outcomes, files, documents)


def reply_of(answer: Mapping[str, object]) -> Reply:
    """Read one line of the batch contract. Raises KeyError or TypeError where it does not fit."""
    citations = answer["citations"]
    if not isinstance(answer["answer"], str) or not isinstance(citations, list):
        raise TypeError("answer must be text and citations a list")
    seconds = answer.get("seconds", 0.0)
    reason = answer.get("reason")
    model = answer.get("model")
    return Reply(
        text=answer["answer"],
        refused=answer["refused"] is True,
        citations=tuple(
            Cited(c["source"], tuple(c["path"]), c["quote"], str(c.get("heading") or ""), int(c.get("n", 0)))
            for c in citations
        ),
        reason=reason if isinstance(reason, str) else None,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        model=Modelled(**model) if isinstance(model, dict) else None,
    )


def read_answers(path: Path) -> dict[str, Reply]:
    """Read a file of answers, id -> reply. Raises CaseError, naming file and line, at the first fault."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"回答文件打不开或不是 UTF-8 编码：{path}。") from error
    replies: dict[str, Reply] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = json.loads(line)
            identity, reply = answer["id"], reply_of(answer)
        except (ValueError, KeyError, TypeError) as error:
            raise CaseError(
                f"{path.name} 第 {number} 行不合批量回答的格式（{type(error).__name__}: {error}）。"
            ) from error
        if identity in replies:
            raise CaseError(f"{path.name} 第 {number} 行：编号“{identity}”出现了两次。")
        replies[identity] = reply
    return replies


def run_record(run: Run) -> dict[str, object]:
    """Return a run as JSON: what was asked, what came back, and what each question counts for."""
    return {
        "format": FORMAT,
        "questions": dict(run.questions),
        "documents": {source: list(ids) for source, ids in run.documents.items()},
        "unresolved": list(run.unresolved),
        "cases": [
            {
                **asdict(outcome.case),
                "reply": asdict(outcome.reply),
                "judgement": asdict(outcome.judgement),
                "ranks": outcome.ranks,
                "counts": outcome.counts,
            }
            for outcome in run.outcomes
        ],
    }


def clean_texts(documents: Iterable[Document]) -> dict[str, list[str]]:
    """Return, for each file, the clean texts of its documents."""
    texts: dict[str, list[str]] = {}
    for document in documents:
        texts.setdefault(document.source, []).append(document.text)
    return texts


def hit_address(hit: Hit) -> tuple[str, tuple[str, ...]]:
    """Return the file and path a hit would be cited by."""
    document = hit.passage.document
    return document.source, document.cited_path(hit.passage.home)


def _all_cases(files: Sequence[QuestionFile]) -> list[Case]:
    return list(chain.from_iterable(file.cases for file in files))


def _ranks(case: Case, question: Question, index: Searcher) -> Ranks:
    hits = index.search(question.search, question.scope, CUTOFFS[-1]) if question.search else []
    return gold_ranks(case, [hit_address(hit) for hit in hits])


def _judging(documents: Sequence[Document]) -> Callable[[Case, Reply, Ranks | None], Outcome]:
    """Return what judges replies about some documents."""
    texts = clean_texts(documents)

    def outcome(case: Case, reply: Reply, ranks: Ranks | None) -> Outcome:
        judgement = judge(case, reply, texts)
        if reply.model is not None and not reply.refused:
            # Where a model's sentences were looked at, those without a mark are the program's own.
            said, claims = supported(reply, documents, unmarked=reply.model.left_out is None)
            judgement = replace(judgement, claims=claims, supported=said)
        return Outcome(case, reply, judgement, ranks, counts(case, judgement, ranks, reply.model))

    return outcome


def _run(outcomes: Sequence[Outcome], files: Sequence[QuestionFile], documents: Sequence[Document]) -> Run:
    ids: dict[str, tuple[str, ...]] = {}
    for document in documents:
        ids[document.source] = (*ids.get(document.source, ()), document.id)
    return Run(
        outcomes=with_consistency(outcomes),
        questions={file.name: file.sha256 for file in files},
        documents=ids,
        unresolved=_unresolved([outcome.case for outcome in outcomes], documents),
    )


def with_consistency(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Return the outcomes, those of variants also telling whether the answer stayed the same."""
    originals = {outcome.case.id: outcome for outcome in outcomes}
    return tuple(
        replace(one, counts={**one.counts, "consistent": (float(same_answer(before.reply, one.reply)), 1.0)})
        if (before := originals.get(one.case.variant_of)) and before.case.answerable == one.case.answerable
        else one
        for one in outcomes
    )


def same_answer(first: Reply, second: Reply) -> bool:
    """Tell whether two replies say the same: both refuse, or cite the same places and the same figures."""
    if first.refused or second.refused:
        return first.refused and second.refused
    places = [{(c.source, c.path) for c in reply.citations} for reply in (first, second)]
    figures = [quantities(normalise(reply.text)) for reply in (first, second)]
    return places[0] == places[1] and figures[0] == figures[1]


def _unresolved(cases: Sequence[Case], documents: Sequence[Document]) -> tuple[str, ...]:
    from_sections = {
        (document.source, document.cited_path(section))
        for document in documents
        for section in document.sections
    }
    return tuple(
        f"{case.id}: {gold.source} {'/'.join(gold.path)}"
        for case in cases
        for gold in case.gold
        if not any(covers(gold, source, path) for source, path in from_sections)
    )
