"""The methods answers are made with, and what stands in the place of each when it is switched off.

The product has no such switches. ``switched_off`` swaps a function or a constant of the running
process for one that does nothing, by its dotted name: that of the module which uses it, not of the one
which defines it. Whoever renames one is told so by the method's name (``MethodError``).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any
from unittest import mock

from bot.weights import FEATURES
from index.document import Scope
from index.errors import YoujuError

StandIn = Callable[[Any], object]  # what is there -> what stands in for it


class MethodError(YoujuError):
    """A method cannot be switched off, because what the table names is no longer there."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method by the name it is reported under, and its swaps: dotted name, stand-in."""

    name: str
    swaps: tuple[tuple[str, StandIn], ...]


@contextmanager
def switched_off(method: Method) -> Iterator[None]:
    """Run the block without the method; an engine is to be made inside it, since it binds some of them.

    Raises MethodError, naming the method, where there is nothing to swap.
    """
    with ExitStack() as stack:
        for target, stand_in in method.swaps:
            try:
                stack.enter_context(mock.patch(target, stand_in(resolve_name(target))))
            except (AttributeError, ImportError, ValueError) as error:
                raise MethodError(
                    f"方法“{method.name}”关不掉：{target} 已经不在那里，或者变了样（{error}）。"
                    "请改 eval/methods.py 里的表。"
                ) from error
        yield


def _value(value: object) -> StandIn:
    """Put a constant in the place of a constant."""
    return lambda _: value


def _gives(value: object) -> StandIn:
    """Put in the place of a function one that takes anything and always returns the same."""
    return lambda _: lambda *_arguments: value


def _returns(position: int) -> StandIn:
    """Put in the place of a function one that hands back one of its arguments."""
    return lambda _: lambda *arguments: arguments[position]


def _weights_without(*features: str) -> StandIn:
    """Put zero in the place of the weights of these features; the others are not fitted again."""

    def without(weights: Sequence[float]) -> tuple[float, ...]:
        places = {FEATURES.index(feature) for feature in features}
        return tuple(0.0 if place in places else weight for place, weight in enumerate(weights))

    return without


def _ranking(name: str, *features: str) -> Method:
    return Method(name, (("bot.extract.RANKING", _weights_without(*features)),))


METHODS = (
    # What the question is about.
    Method("同义词表", (("bot.words.synonyms", _gives(())),)),
    Method("虚词表", (("bot.words.filler", _gives(frozenset())),)),
    Method("稀有的词更重", (("bot.inquiry.rarity", _gives(lambda _word: 1.0)),)),
    Method("资料里没有的词减轻", (("bot.words._UNKNOWN", _value(1.0)),)),
    Method("“方案、报告”等词减轻", (("bot.words._DOCUMENT", _value(1.0)),)),
    Method("引号里的话算一个词", (("bot.words._QUOTED", _value(re.compile(r"(?!)"))),)),
    Method("改同音字、认拼音", (("bot.spelling.Speller.mend", _returns(1)),)),
    Method("认写错的地名（形近、音近）", (("bot.scope._misspelt", _gives(None)),)),
    Method("英文词表", (("bot.english.glossary", _gives({})),)),
    Method("一句多问分开答", (("bot.engine.parts", lambda _: lambda text: (text,)),)),
    # Where to look.
    Method("只看问到的地方和文件", (("bot.scope.Named.scope", _value(property(lambda _: Scope()))),)),
    Method("认出资料里没有的地方", (("bot.scope.place_names", _gives([])),)),
    Method("只看问到的年份", (("bot.refuse._has_year", _gives(True)),)),
    Method("追问沿用上文的地方", (("bot.inquiry.placed", _returns(0)),)),
    Method("追问接上文的话题", (("bot.inquiry.leaning", _gives(None)),)),
    Method(
        "关键词检索",
        (
            ("index.keyword.KeywordIndex.search", _gives([])),
            ("index.keyword.KeywordIndex.scores", _gives({})),
        ),
    ),
    Method(
        "向量检索",
        (("index.search.Index._nearest", _gives([])), ("index.search.Index._cosines", _gives({}))),
    ),
    Method("逐个地方再检索", (("bot.inquiry._PLACES_SEARCHED", _value(0)),)),
    Method("照最好的一句到别处再找", (("bot.inquiry.leaders", _gives({})),)),
    Method("认出问到的条款", (("bot.understand.cut", lambda _: lambda text: (text, (), "")),)),
    # Which sentence answers.
    _ranking("排序：句中说到的词", "own"),
    _ranking("排序：意思相近的词", "alike"),
    _ranking("排序：相连的字", "adjacent"),
    _ranking("排序：有没有所问的数", "stated"),
    _ranking("排序：至少、至多", "bound"),
    _ranking("排序：是不是列举", "lists"),
    _ranking("排序：准许、禁止还是应当", "decides"),
    _ranking("排序：检索名次", "retrieved"),
    _ranking("排序：问规定还是问做了什么", "norm"),
    _ranking("排序：上一问答自同一条", "context"),
    _ranking("排序：标题就是所问", "titled"),
    # Whether to answer, and with what.
    Method("把握太小就不答", (("bot.select.LEAST", _value(0.0)), ("bot.refuse.LEAST", _value(0.0)))),
    Method(
        "没有所问的数或人名就不答",
        (
            ("bot.select.lacks_what_is_asked", _gives(False)),
            ("bot.refuse.lacks_what_is_asked", _gives(False)),
        ),
    ),
    Method("把握大的不查话题", (("bot.lacking._PLAIN", _value(1.1)),)),
    Method("指令和闲话不答", (("bot.refuse.at_once", _gives(None)),)),
    Method("文号、日期从文首文末找", (("bot.inquiry.particulars", _gives([])),)),
    Method("列举给全", (("bot.select.whole", lambda _: lambda _question, unit: [(unit,)]),)),
    Method("补充第二句", (("bot.select._complementary", lambda _: lambda _question, group: group[:1]),)),
    Method("说法相同的另一条也引", (("bot.select._twin", _gives(False)),)),
    Method("相邻的两句连起来引", (("bot.select._as_well", _gives(False)),)),
    Method("几个地方都答", (("bot.select._PLACES", _value(1)),)),
    Method("别处是否同答由拟合的权重定", (("bot.select.LEAST_BELONGING", _value(0.0)),)),
    Method("责任单位一行也答", (("bot.enumeration._RESPONSIBLE", _value(re.compile(r"(?!)"))),)),
    Method("先说要点", (("bot.compose.direct", _gives("")),)),
    Method("比出谁多谁早", (("bot.compose.most", _gives(None)),)),
    Method("是非题先说是或否", (("bot.compose.verdict", _gives("unclear")),)),
    Method("纠正问题里的错数", (("bot.denial.contradicted", _gives(False)),)),
)
