"""The log of questions: what was asked and answered, and what that says about the documents."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, insert, select

from bot.conversation import Answer, Citation
from bot.state.alike import alike, key
from bot.state.connection import Database
from bot.state.errors import Missing
from bot.state.kept import ANSWER, choice
from bot.state.records import Asked, Channel, Day, Group, now
from bot.state.tables import CITED, QUESTIONS

_PAGE = 500  # rows read at a time
LARGEST = 2**31 - 1  # the largest number a row can have on every database


class Questions:
    """The log. Users cannot take anything out of it."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def add(self, person: str, channel: Channel, question: str, answer: Answer, generation: str) -> int:
        """Log a question with its answer and return its number."""
        row = {
            "at": self._clock(),
            "person": person,
            "channel": channel.value,
            "question": question,
            "key": key(question),
            "refused": answer.refused,
            "answer": ANSWER.write(answer),
            "generation": generation,
        }
        with self._database.writing() as connection:
            number = connection.execute(insert(QUESTIONS).values(row)).inserted_primary_key
            assert number is not None
            cited = [
                {"question": number.id, "position": n, "document": c.document, "address": c.address}
                for n, c in enumerate(answer.citations)
            ]
            if cited:
                connection.execute(insert(CITED), cited)
        return int(number.id)

    def get(self, id: int) -> Asked:
        """Return one question of the log; raise Missing."""
        found = None
        if 0 < id <= LARGEST:
            with self._database.reading() as connection:
                row = connection.execute(select(QUESTIONS).where(QUESTIONS.c.id == id)).one_or_none()
            found = None if row is None else asked(row)
        if found is None:
            msg = f"没有第 {id} 号问题的记录：请从列表中另选一个。"
            raise Missing(msg)
        return found

    def between(self, start: datetime, end: datetime) -> Iterator[Asked]:
        """Yield the questions from ``start`` on and before ``end``, newest first; those that cannot be
        read are left out.
        """
        last = LARGEST
        while True:
            page = select(QUESTIONS).where(_within(start, end), QUESTIONS.c.id < last)
            with self._database.reading() as connection:
                rows = connection.execute(page.order_by(QUESTIONS.c.id.desc()).limit(_PAGE)).all()
            yield from (found for row in rows if (found := asked(row)) is not None)
            if len(rows) < _PAGE:
                return
            last = rows[-1].id

    def unanswered(self, start: datetime, end: datetime) -> tuple[Group, ...]:
        """Return the refused questions of a time, those that are alike together, most asked first."""
        return self._groups(and_(_within(start, end), QUESTIONS.c.refused))

    def most_asked(self, start: datetime, end: datetime, limit: int) -> tuple[Group, ...]:
        """Return the questions of a time, those that are alike together, most asked first."""
        return self._groups(_within(start, end))[:limit]

    def most_cited(self, start: datetime, end: datetime, limit: int) -> tuple[tuple[Citation, int], ...]:
        """Return the addresses cited by the most answers of a time, each as it was cited last."""
        count = func.count(CITED.c.question.distinct()).label("answers")
        last = func.max(CITED.c.question).label("last")
        most = (
            select(CITED.c.document, CITED.c.address, count, last)
            .join(QUESTIONS)
            .where(_within(start, end))
            .group_by(CITED.c.document, CITED.c.address)
            .order_by(count.desc(), last.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(most).all()
            wanted = select(QUESTIONS.c.id, QUESTIONS.c.answer).where(
                QUESTIONS.c.id.in_({row.last for row in rows})
            )
            answers = {row.id: ANSWER.read(row.answer, _where(row.id)) for row in connection.execute(wanted)}
        return tuple(
            (found, row.answers)
            for row in rows
            if (found := _citation(answers.get(row.last), row.document, row.address)) is not None
        )

    def daily(self, start: datetime, end: datetime) -> tuple[Day, ...]:
        """Return how many questions each day brought, in order; a day is one where ``start`` is. Days
        without a question are left out.
        """
        asked_on: Counter[Any] = Counter()
        refused_on: Counter[Any] = Counter()
        with self._database.reading() as connection:
            for row in connection.execute(
                select(QUESTIONS.c.at, QUESTIONS.c.refused).where(_within(start, end))
            ):
                day = row.at.astimezone(start.tzinfo).date()
                asked_on[day] += 1
                refused_on[day] += row.refused
        return tuple(Day(day, asked_on[day], refused_on[day]) for day in sorted(asked_on))

    def _groups(self, wanted: ColumnElement[bool]) -> tuple[Group, ...]:
        count = func.count().label("count")
        last = func.max(QUESTIONS.c.at).label("last")
        same = (
            select(
                QUESTIONS.c.key,
                func.max(QUESTIONS.c.question).label("question"),
                count,
                last,
                func.aggregate_strings(cast(QUESTIONS.c.id, String), ",").label("ids"),
            )
            .where(wanted)
            .group_by(QUESTIONS.c.key)
            .order_by(count.desc(), last.desc(), QUESTIONS.c.key)
        )
        with self._database.reading() as connection:
            rows = connection.execute(same).all()
        groups = [_group([rows[n] for n in members]) for members in alike([row.key for row in rows])]
        return tuple(sorted(groups, key=lambda group: (group.count, group.last), reverse=True))


def asked(row: Any) -> Asked | None:  # noqa: ANN401 - a row of the table
    """Return a row of the log as a noun, None where it cannot be read."""
    answer, channel = ANSWER.read(row.answer, _where(row.id)), choice(Channel, row.channel, _where(row.id))
    if answer is None or channel is None:
        return None
    return Asked(row.id, row.at, row.person, channel, row.question, answer, row.generation)


def _where(number: int) -> str:
    return f"第 {number} 号问题的回答"


def _within(start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(QUESTIONS.c.at >= start, QUESTIONS.c.at < end)


def _group(rows: list[Any]) -> Group:
    """Return rows of alike questions, the most asked first, as one group."""
    ids = sorted((int(number) for row in rows for number in row.ids.split(",")), reverse=True)
    return Group(rows[0].question, len(ids), max(row.last for row in rows), tuple(ids))


def _citation(answer: Answer | None, document: str, address: str) -> Citation | None:
    cited = answer.citations if answer else ()
    return next((one for one in cited if one.document == document and one.address == address), None)
