"""What the methods are worth that are off until a site sets a model: measured where one is set, else the
row says what to set.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.engine import Engine
from bot.llm import Llm
from bot.llm_settings import LlmSettings, Use
from bot.writer import ModelEngine
from eval.ablation import MEASURED, Ablation, Material, asked, compared
from eval.methods import Method, switched_off
from index.search import Index

RERANKED = "交叉编码器重排"
WRITTEN = "语言模型写回答"
HELPED = {
    Use.REWRITE: "语言模型改写追问",
    Use.QUERIES: "语言模型给出别的说法一起查",
    Use.JUDGE: "语言模型逐句复核",
}
_NO_SECOND_LOOK = Method(RERANKED, (("index.search.reordered", lambda _: lambda found, _scores: found),))


def switched_on(material: Material, llm: LlmSettings | None) -> Iterator[Ablation | str]:
    """Yield each method's effect when it is switched on, what a model may do beside writing compared with
    writing alone; for a method that needs what is not set, its name.
    """
    if all(index.reranker is not None for index, _ in material):
        with switched_off(_NO_SECOND_LOOK):
            without = asked(material)
        yield compared(RERANKED, without, asked(material))
    else:
        yield RERANKED
    if llm is None:
        yield from (WRITTEN, *HELPED.values())
        return
    alone = asked(material, _writing(replace(llm, uses=frozenset())))
    yield compared(WRITTEN, asked(material), alone)
    for use, name in HELPED.items():
        yield compared(name, alone, asked(material, _writing(replace(llm, uses=frozenset({use})))))


def unmeasured(name: str) -> str:
    """Return the table's row of a method that needs what is not set."""
    needed = "YOUJU_RERANKER" if name == RERANKED else "YOUJU_LLM_BASE_URL、YOUJU_LLM_MODEL"
    return f"| {name} | 没有量：设置 {needed} 后再运行 |{' |' * 2 * len(MEASURED)}"


def _writing(llm: LlmSettings) -> Callable[[Index], ModelEngine]:
    return lambda index: ModelEngine(Engine(index), Llm(llm))
