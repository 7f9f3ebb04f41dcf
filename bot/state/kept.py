"""Nouns as they are kept: JSON that the next version of the program can read too."""

import json
import logging
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.conversation import Answer, Turn
from index.document import Scope

logger = logging.getLogger(__name__)
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Form(Generic[T]):
    """How one kind of noun is written and read. Fields it does not know are passed over on reading, and
    those that are not there take their defaults.
    """

    def __init__(self, kind: type[T]) -> None:
        self._adapter = TypeAdapter(kind)

    def write(self, value: T) -> str:
        """Return a noun as JSON."""
        # Not pydantic's own JSON, which refuses halves of characters; the table deals with those.
        plain = self._adapter.dump_python(value, mode="json")
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))

    def read(self, text: str, where: str) -> T | None:
        """Return the noun; None, with a warning that says ``where`` it stands, where it cannot be read."""
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            # Without the words themselves: what people asked does not belong into a log file.
            wrong = [f"{'.'.join(map(str, one['loc']))} {one['type']}" for one in error.errors()[:3]]
            logger.warning("%s读不出来，跳过：%s", where, "；".join(wrong))
            return None


def choice(kind: type[E], text: str, where: str) -> E | None:
    """Return one of a few words; None, with a warning, where a later version knows one more."""
    try:
        return kind(text)
    except ValueError:
        logger.warning("%s读不出来，跳过：%s", where, kind.__name__)
        return None


TURN = Form(Turn)
ANSWER = Form(Answer)
SCOPE = Form(Scope)
