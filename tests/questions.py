"""Questions written down with no index behind them, for the tests of what is done with one."""

from bot.conversation import Concept, Question
from bot.kinds import kind_of, unit_of
from bot.words import fold
from index.document import Scope


def asked(text: str, *words: str, places: tuple[str, ...] = ()) -> Question:
    """Return the question with its kind and unit as read from its words, about the words given, each
    weighing the same, asked of the places.
    """
    wording = fold(text)
    return Question(
        text=text,
        wording=wording,
        search=wording,
        language="zh",
        kind=kind_of(wording, "zh"),
        unit=unit_of(wording),
        concepts=tuple(Concept((word,), 1.0) for word in words),
        scope=Scope(places=places),
    )
