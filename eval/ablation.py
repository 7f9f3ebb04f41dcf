"""What each method is worth: the same questions with one method at a time switched off.

A difference is paired, question by question, and tested as any two runs are (``eval.intervals``). With
some forty methods tested at once, two p below 0.05 are to be expected by chance alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from bot.engine import Engine
from eval.cases import QuestionFile
from eval.intervals import Difference, Part, difference
from eval.measures import MEASURES, Measure
from eval.methods import METHODS, Method, switched_off
from eval.run import Asker, Outcome, run_cases
from index.search import Index

MEASURED = tuple(measure for measure in MEASURES if measure.name in ("right", "refused", "wrongly_refused"))
Material = Sequence[tuple[Index, Sequence[QuestionFile]]]


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure without the method, and that minus with it; None where no question says anything on it."""

    measure: Measure
    value: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class Ablation:
    """What switching a method off did. ``changed`` counts the questions answered in other words."""

    method: str
    changed: int
    effects: tuple[Effect, ...]


def ablate(material: Material, methods: Sequence[Method] = METHODS) -> Iterator[Ablation]:
    """Yield first the whole, under the name 全部, then each method's effect.

    Raises MethodError before anything is asked when one of them cannot be switched off.
    """
    for method in methods:
        with switched_off(method):
            pass
    with_all = asked(material)
    yield compared("（全部方法）", with_all, with_all)
    for method in methods:
        with switched_off(method):
            yield compared(method.name, with_all, asked(material))


@dataclass(frozen=True, slots=True)
class Asked:
    """An outcome and its family, told apart from the families of other sets."""

    family: str
    outcome: Outcome


def asked(material: Material, engine: Callable[[Index], Asker] = Engine) -> list[Asked]:
    """Ask every question of the sets."""
    return [
        Asked(f"{number}/{outcome.case.kin}", outcome)
        for number, (index, files) in enumerate(material)
        # A new engine each time: it binds some of the methods when it is made.
        for outcome in run_cases(engine(index), index, files).outcomes
    ]


def compared(name: str, with_all: Sequence[Asked], without: Sequence[Asked]) -> Ablation:
    """Return what a change did, the second minus the first."""
    pairs = zip(with_all, without, strict=True)
    changed = sum(one.outcome.reply.text != other.outcome.reply.text for one, other in pairs)
    effects = (_effect(measure, with_all, without) for measure in MEASURED)
    return Ablation(name, changed, tuple(effect for effect in effects if effect is not None))


def _effect(measure: Measure, with_all: Sequence[Asked], without: Sequence[Asked]) -> Effect | None:
    first, second = _parts(measure, with_all), _parts(measure, without)
    gap = difference(first, second)
    if gap is None:
        return None
    return Effect(measure, sum(one.part for one in second) / sum(one.whole for one in second), gap)


def _parts(measure: Measure, asked: Sequence[Asked]) -> list[Part]:
    counted = [(one.family, one.outcome.counts.get(measure.name)) for one in asked]
    return [Part(family, *count) for family, count in counted if count is not None]


def ablation_head(first: str = "关掉的方法") -> str:
    """Return the head of the Markdown table whose rows ``ablation_row`` writes."""
    headings = [first, "变了的回答"]
    for measure in MEASURED:
        headings += [measure.name, "差 [95% 区间] p"]
    rule = ["---"] + ["---:"] * (len(headings) - 1)
    return f"| {' | '.join(headings)} |\n|{'|'.join(rule)}|"


def ablation_row(ablation: Ablation) -> str:
    """Return one row of the table."""
    found = {effect.measure.name: effect for effect in ablation.effects}
    cells = [ablation.method, str(ablation.changed)]
    for measure in MEASURED:
        effect = found.get(measure.name)
        cells += ["", ""] if effect is None else [f"{effect.value:.3f}", _gap(effect.difference)]
    return f"| {' | '.join(cells)} |"


def ablation_record(ablation: Ablation) -> dict[str, object]:
    """Return the figures of one method as JSON."""
    return {
        "method": ablation.method,
        "changed": ablation.changed,
        "effects": {
            effect.measure.name: {"value": effect.value, "difference": asdict(effect.difference)}
            for effect in ablation.effects
        },
    }


def _gap(gap: Difference) -> str:
    if not (gap.value or gap.low or gap.high):
        return "0"  # no question went the other way
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] {gap.p:.4f}"
