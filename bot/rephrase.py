"""A model's help in looking: a follow-up that stands alone, a question in the words of documents. What it
adds of its own is thrown away.
"""

import re
from collections.abc import Sequence

from bot.claims import figures, names
from bot.conversation import Turn
from bot.llm import Llm, Message
from bot.understand import LIMIT, visible
from bot.words import fold
from index.script import to_simplified
from prompts.model import prompt

_TOKENS = 400  # a few lines, and what a reasoning model thinks before them
_TURNS = 3  # of the conversation that are told
_VARIANTS = 3
_LABEL = re.compile(r"^\s*(?:[0-9]+[.、)]|[-*•])\s*")


def standing_alone(llm: Llm, text: str, history: Sequence[Turn]) -> str:
    """Return a follow-up as a question of its own, empty where the model gives none. It names nothing that
    neither the question nor the turns before name. Raises LlmError.
    """
    turns = history[-_TURNS:]
    told = "\n".join(
        f"问：{turn.question.text}\n答：{' '.join(turn.answer.text.split())[:200]}" for turn in turns
    )
    known = text + told + "".join(f"{c.document}{c.place}" for turn in turns for c in turn.answer.citations)
    lines = _asked(llm, "rewrite", known, history=told, question=text)
    return lines[0] if lines and fold(lines[0]) != fold(text) else ""


def rephrased(llm: Llm, text: str) -> tuple[str, ...]:
    """Return other wordings of a question, none where the model gives none. Figures are none of its own.
    Raises LlmError.
    """
    return tuple(_asked(llm, "english", text, question=text)[:_VARIANTS])


def _asked(llm: Llm, name: str, known: str, **values: str) -> list[str]:
    told = prompt(name)
    said = llm.write((Message("system", told.system), Message("user", told.fill(**values))), _TOKENS)
    lines = [visible(_LABEL.sub("", line)) for line in said.splitlines()]
    return [line for line in lines if 2 <= len(line) <= LIMIT and _adds_nothing(line, known)]


def _adds_nothing(line: str, known: str) -> bool:
    """Tell whether every figure, and where the question is Chinese every name, stands in what is known."""
    said, given = fold(to_simplified(line)), fold(to_simplified(known))
    of_chinese = re.search(r"[\u4e00-\u9fff]", known) is not None
    held = {figure.value for figure in figures(given)}
    return all(figure.value in held or figure.weak for figure in figures(said)) and all(
        name.text in given for name in names(said) if of_chinese and name.kind in ("place", "title", "number")
    )
