"""What language models are told: one file a task, whose blanks are checked when it is read.

The first line is the version, a line of dashes parts the instructions from what is asked.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_BLANKS = {
    "answer": {"count", "fence", "passages", "question"},
    "rewrite": {"history", "question"},
    "english": {"question"},
    "judge": {"fence", "passage", "sentence"},
    "grade": {"question", "every", "expected", "fence", "answer"},
}
_BLANK = re.compile(r"\{(\w*)\}")
_FORM = re.compile(r"版本：(\d+)\n(.+?)\n-{3,}\n(.+)", re.DOTALL)


class PromptError(ValueError):
    """A prompt file has not the form or the blanks it must have; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told: ``system`` has no blanks, ``user`` has them unfilled."""

    name: str
    version: int
    system: str
    user: str

    def fill(self, **values: str) -> str:
        """Return what is asked with every blank filled; what is filled in is not looked at again."""
        return _BLANK.sub(lambda blank: values[blank[1]], self.user)


def check() -> None:
    """Read every prompt, so that a slip in one is told before any model is asked. Raises PromptError."""
    for name in _BLANKS:
        prompt(name)


@cache
def prompt(name: str) -> Prompt:
    """Return a prompt by the name of its file. Raises PromptError."""
    return parse(name, (files("prompts") / f"{name}.txt").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Prompt:
    """Read the text of a prompt file. Raises PromptError."""
    form = _FORM.fullmatch(text.replace("\r\n", "\n").strip())
    if form is None:
        msg = f"prompts/{name}.txt 的格式不对：第一行应是“版本：数字”，说明和提问之间应有一行“------”。"
        raise PromptError(msg)
    version, system, user = form.groups()
    wanted, found = _BLANKS[name], set(_BLANK.findall(user))
    if found != wanted or _BLANK.search(system):
        names = "、".join(f"{{{blank}}}" for blank in sorted(wanted))
        msg = f"prompts/{name}.txt 的空格不对：横线下面应有且只有 {names}，横线上面不能有。"
        raise PromptError(msg)
    return Prompt(name, int(version), system.strip(), user.strip())
