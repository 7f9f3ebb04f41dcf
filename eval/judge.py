"""A language model as a second judge: never a measure of its own, only set beside the facts that were looked
for, so that one sees how far either can be believed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol

from bot.llm import LlmError, Message
from eval.cases import ALL, Case
from eval.intervals import Interval, Part, interval
from eval.report import gold_place, shortened
from eval.run import Outcome
from prompts.model import prompt

_MOST = 500  # tokens of a verdict, the thoughts of a reasoning model included
_RIGHT, _WRONG = "对", "不对"


class Writer(Protocol):
    """A language model, as far as the judge sees it."""

    def write(self, messages: Sequence[Message], most: int) -> str:
        """Return the whole answer, of so many tokens at most. Raises LlmError."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model holds of one answer: right, wrong, or None where it said neither; and what it said."""

    outcome: Outcome
    right: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far judge and facts agree: the share of verdicts that are the same, and Cohen's kappa, which takes
    off what chance would give; None where both always say the same.
    """

    share: Interval
    kappa: float | None


def opinions(outcomes: Sequence[Outcome], model: Writer) -> Iterator[Opinion]:
    """Yield what the model holds of every answer to a question that the documents answer."""
    for outcome in outcomes:
        if outcome.case.answerable and not outcome.reply.refused:
            try:
                said = model.write(_messages(outcome), _MOST).strip()
            except LlmError as error:
                said = str(error)
            verdict = {_RIGHT: True, _WRONG: False}.get(said.strip('。."“” '))
            yield Opinion(outcome, verdict, said)


def agreement(judged: Sequence[Opinion]) -> Agreement | None:
    """Compare the model's verdicts with the facts found; None where it gave none."""
    pairs = [(one.right, one.outcome.judgement.facts) for one in judged if one.right is not None]
    share = interval(
        [
            Part(one.outcome.case.kin, float(one.right == one.outcome.judgement.facts), 1.0)
            for one in judged
            if one.right is not None
        ]
    )
    if share is None:
        return None
    model, facts = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
    chance = model * facts + (1 - model) * (1 - facts)
    return Agreement(share, (share.value - chance) / (1 - chance) if chance < 1 else None)


def judged_report(judged: Sequence[Opinion]) -> Iterator[str]:
    """Yield the agreement, then every answer on which the two differ or the model said nothing usable."""
    silent = [one for one in judged if one.right is None]
    yield f"请模型看了 {len(judged)} 份回答，其中 {len(silent)} 份没有给出判断。"
    found = agreement(judged)
    if found is not None:
        share, kappa = found.share, found.kappa
        told = "算不出（两边全判一样）" if kappa is None else f"{kappa:.3f}"
        bounds = f"95% 区间 {share.low:.3f} 至 {share.high:.3f}"
        yield f"与事实判分一致 {share.value:.3f}（{bounds}），Cohen's kappa {told}。"
    for one in judged:
        facts = one.outcome.judgement.facts
        if one.right is None or one.right != facts:
            case = one.outcome.case
            yield f"■ {case.id} {case.question}"
            yield f"  事实判分：{_RIGHT if facts else _WRONG}，模型：{shortened(one.said)}"
            yield f"  应答：{'；'.join(_expected(case))}"
            yield f"  答的是：{shortened(one.outcome.reply.text)}"


def _messages(outcome: Outcome) -> tuple[Message, ...]:
    told, case = prompt("grade"), outcome.case
    asked = told.fill(
        question=case.question,
        every="要点（每一处都要说到）" if case.need == ALL else "要点（说到其中一处即可）",
        expected="\n".join(_expected(case)),
        fence=f"回答{token_hex(4)}",
        answer=outcome.reply.text,
    )
    return Message("system", told.system), Message("user", asked)


def _expected(case: Case) -> list[str]:
    return [
        f"{gold_place(gold)}：" + "；".join(" 或 ".join(group) for group in gold.facts)
        for gold in case.required
    ]
