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


# What people call the kinds, languages and variations that question files name in short.
_CALLED = {
    "number": "数字",
    "deadline": "时限",
    "frequency": "频次",
    "list": "列举",
    "who": "单位",
    "what": "内容",
    "yesno": "是非",
    "condition": "条件",
    "procedure": "程序",
    "metadata": "文件信息",
    "compare": "比较",
    "unanswerable": "资料里没有",
    "offtopic": "无关",
    "false_premise": "错误前提",
    "injection": "夹带指令",
    "zh": "中文",
    "zh-Hant": "繁体",
    "en": "英文",
    "paraphrase": "换句话",
    "typo": "错字",
    "homophone": "同音字",
    "traditional": "繁体",
    "width": "全角",
    "abbreviation": "简称",
    "place": "换地方",
}


def called(name: str) -> str:
    """Return a kind, language or variation in the reader's words; one nobody knows as it is written."""
    return _CALLED.get(name, name)


def sliced(outcomes: Sequence[Outcome], by: str, holdings: Holdings) -> dict[str, list[Outcome]]:
    """Return the slices of some outcomes, the largest first.

    A question on several places is in the slice of each; one that must be refused asks of none.
    """
    slices: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for name in dict.fromkeys(_NAMES[by](outcome.case, holdings)):
            slices.setdefault(name, []).append(outcome)
    return dict(sorted(slices.items(), key=lambda item: (-len(item[1]), item[0])))
