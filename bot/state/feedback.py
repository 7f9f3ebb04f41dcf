"""What people say of answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select

from bot.state.connection import Database
from bot.state.errors import Missing
from bot.state.kept import choice
from bot.state.questions import LARGEST, asked
from bot.state.records import Feedback, Reason, now
from bot.state.tables import FEEDBACK, QUESTIONS

LONGEST = 2_000  # characters of a person's own words


class FeedbackBook:
    """One word of each person on each answer; the last one counts."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def give(self, asked: int, person: str, good: bool, reason: Reason | None, words: str) -> None:
        """Say whether the answer to a question of the log is good, why, and in own words.

        Raises Missing where there is no such question. Words longer than ``LONGEST`` are cut.
        """
        one = (FEEDBACK.c.question == asked, FEEDBACK.c.person == person)
        row = {
            "question": asked,
            "person": person,
            "at": self._clock(),
            "good": good,
            "reason": reason.value if reason else None,
            "words": words[:LONGEST],
        }
        with self._database.writing() as connection:
            there = select(QUESTIONS.c.id).where(QUESTIONS.c.id == asked)
            if not 0 < asked <= LARGEST or connection.scalar(there) is None:
                msg = f"没有第 {asked} 号问题的记录，评价没有保存：请刷新页面后再试。"
                raise Missing(msg)
            connection.execute(delete(FEEDBACK).where(*one))
            connection.execute(insert(FEEDBACK).values(row))

    def withdraw(self, asked: int, person: str) -> None:
        """Forget what a person said of an answer."""
        one = (FEEDBACK.c.question == asked, FEEDBACK.c.person == person)
        with self._database.writing() as connection:
            connection.execute(delete(FEEDBACK).where(*one))

    def of(self, asked: int, person: str) -> Feedback | None:
        """Return what a person said of an answer, None where nothing was said."""
        if not 0 < asked <= LARGEST:
            return None
        found = self._found(_all().where(FEEDBACK.c.question == asked, FEEDBACK.c.person == person))
        return found[0] if found else None

    def between(self, start: datetime, end: datetime) -> tuple[Feedback, ...]:
        """Return what was said from ``start`` on and before ``end``, newest first."""
        wanted = _all().where(FEEDBACK.c.at >= start, FEEDBACK.c.at < end)
        return self._found(wanted.order_by(FEEDBACK.c.at.desc(), FEEDBACK.c.question.desc()))

    def _found(self, wanted: Select[Any]) -> tuple[Feedback, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(found for row in rows if (found := _feedback(row)) is not None)


def _all() -> Select[Any]:
    said = (FEEDBACK.c[name].label(f"said_{name}") for name in ("at", "person", "good", "reason", "words"))
    return select(QUESTIONS, *said).join(FEEDBACK)


def _feedback(row: Any) -> Feedback | None:  # noqa: ANN401 - a row
    about = asked(row)
    if about is None:
        return None
    reason = choice(Reason, row.said_reason, f"第 {row.id} 号问题的评价") if row.said_reason else None
    return Feedback(about, row.said_at, row.said_person, row.said_good, reason, row.said_words)
