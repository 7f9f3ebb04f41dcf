"""A run cut into slices: by kind, language and file of questions, by place, year and document asked about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from eval.cases import Case
from eval.run import Outcome

Holdings = Mapping[str, Mapping[str, Any]]


def _held(name: str) -> Callable[[Case, Holdings], Iterable[str]]:
    return lambda case, holdings: (
        str(value) for gold in case.required for value in holdings.get(gold.source, {}).get(name, ())
    )


_NAMES: Mapping[str, Callable[[Case, Holdings], Iterable[str]]] = {
    "kind": lambda case, _: (case.kind,),
    "language": lambda case, _: (case.language,),
    "set": lambda case, _: (case.set,),
    "place": _held("places"),
    "year": _held("years"),
    "document": lambda case, _: (gold.source for gold in case.required),
    "variation": lambda case, _: (case.variation,) if case.variation else (),
}
TITLES = {
    "kind": "题型",
    "language": "语言",
    "set": "题目文件",
    "place": "地方",
    "year": "年份",
    "document": "文件",
    "variation": "变化",
}


def sliced(outcomes: Sequence[Outcome], by: str, holdings: Holdings) -> dict[str, list[Outcome]]:
    """Return the slices of some outcomes, the largest first.

    A question on several places is in the slice of each; one that must be refused asks of none.
    """
    slices: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in dict.fromkeys(_NAMES[by](outcome.case, holdings)):
            slices.setdefault(name, []).append(outcome)
    return dict(sorted(slices.items(), key=lambda item: (-len(item[1]), item[0])))
