"""Conversations as their owners keep them."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.conversation import Turn
from bot.state.connection import Database
from bot.state.errors import Missing, Unacceptable
from bot.state.kept import SCOPE, TURN
from bot.state.records import Conversation, KeptTurn, now
from bot.state.tables import CONVERSATIONS, TURNS
from bot.words import fold
from index.document import Scope

LONGEST_TITLE = 60  # characters
_LONGEST_SEARCH = 200  # characters; the database refuses patterns without end


class Conversations:
    """The conversations of everybody. Each call takes the owner: whoever asks for another's is told that
    there is none (Missing), as with one that was deleted.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def start(self, owner: str, scope: Scope = Scope()) -> Conversation:  # noqa: B008 - it is frozen
        """Begin an empty conversation, without a title until its first question."""
        begun = Conversation(secrets.token_hex(16), owner, "", scope, self._clock())
        row = {"id": begun.id, "owner": owner, "title": "", "named": False}
        row |= {"scope": SCOPE.write(scope), "changed": begun.changed}
        with self._database.writing() as connection:
            connection.execute(insert(CONVERSATIONS).values(row))
        return begun

    def of(self, owner: str, search: str = "") -> tuple[Conversation, ...]:
        """Return the owner's conversations, last changed first; where something is searched for, those
        that hold it in their title, a question or an answer, whatever its case, width and spacing.
        """
        wanted = fold(search)[:_LONGEST_SEARCH]
        mine = select(CONVERSATIONS).where(CONVERSATIONS.c.owner == owner)
        holding = (
            select(TURNS.c.conversation)
            .distinct()
            .join(CONVERSATIONS)
            .where(CONVERSATIONS.c.owner == owner, TURNS.c.words.contains(wanted, autoescape=True))
        )
        latest = mine.order_by(CONVERSATIONS.c.changed.desc(), CONVERSATIONS.c.number.desc())
        with self._database.reading() as connection:
            rows = connection.execute(latest).all()
            found = set(connection.scalars(holding)) if wanted else set()
        return tuple(_conversation(row) for row in rows if row.number in found or wanted in fold(row.title))

    def get(self, owner: str, id: str) -> Conversation:
        """Return one conversation; raise Missing."""
        with self._database.reading() as connection:
            return _conversation(_row(connection, owner, id))

    def turns(self, owner: str, id: str) -> tuple[KeptTurn, ...]:
        """Return the turns of a conversation; one that cannot be read is left out. Raises Missing."""
        with self._database.reading() as connection:
            return tuple(kept for _, kept in _turns(connection, _row(connection, owner, id).number))

    def keep(self, owner: str, id: str, kept: KeptTurn) -> None:
        """Append a turn; the first one's question becomes the title unless there is one. Raises Missing."""
        with self._database.writing() as connection:
            row = _row(connection, owner, id)
            last = select(func.max(TURNS.c.position)).where(TURNS.c.conversation == row.number)
            before = connection.scalar(last)
            position = 0 if before is None else before + 1
            connection.execute(insert(TURNS).values(_turn_row(row.number, position, kept)))
            values: dict[str, object] = {"changed": self._clock()}
            if position == 0 and not row.named:
                values["title"] = _title(kept.turn.question.text)
            _change(connection, row.number, values)

    def cut(self, owner: str, id: str, turns: int) -> None:
        """Keep the first so many turns, as ``turns`` returns them, and drop those after. Raises Missing."""
        with self._database.writing() as connection:
            row = _row(connection, owner, id)
            dropped = [position for position, _ in _turns(connection, row.number)][max(turns, 0) :]
            if dropped:
                after = TURNS.c.position >= dropped[0]
                connection.execute(delete(TURNS).where(TURNS.c.conversation == row.number, after))
                _change(connection, row.number, {"changed": self._clock()})

    def rename(self, owner: str, id: str, title: str) -> None:
        """Give a conversation a title of the owner's. Raises Missing; Unacceptable where it is empty."""
        named = _title(title)
        if not named:
            msg = "对话的名称不能为空：请写上几个字。"
            raise Unacceptable(msg)
        with self._database.writing() as connection:
            _change(connection, _row(connection, owner, id).number, {"title": named, "named": True})

    def choose(self, owner: str, id: str, scope: Scope) -> None:
        """Choose where a conversation looks. Raises Missing."""
        with self._database.writing() as connection:
            _change(connection, _row(connection, owner, id).number, {"scope": SCOPE.write(scope)})

    def delete(self, owner: str, id: str) -> None:
        """Delete a conversation with its turns; the log keeps what was asked. Raises Missing."""
        with self._database.writing() as connection:
            number = _row(connection, owner, id).number
            connection.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.number == number))


def _row(connection: Connection, owner: str, id: str) -> Any:  # noqa: ANN401 - a row
    mine = select(CONVERSATIONS).where(CONVERSATIONS.c.id == id, CONVERSATIONS.c.owner == owner)
    row = connection.execute(mine).one_or_none()
    if row is None:
        msg = "没有这个对话，它可能已经删除：请从左边的列表中另选一个，或新建对话。"
        raise Missing(msg)
    return row


def _change(connection: Connection, number: int, values: dict[str, object]) -> None:
    connection.execute(update(CONVERSATIONS).where(CONVERSATIONS.c.number == number).values(values))


def _conversation(row: Any) -> Conversation:  # noqa: ANN401 - a row
    scope = SCOPE.read(row.scope, f"对话 {row.id} 的范围") or Scope()
    return Conversation(row.id, row.owner, row.title, scope, row.changed)


def _turns(connection: Connection, number: int) -> list[tuple[int, KeptTurn]]:
    """Return the turns that can be read with their positions, in order."""
    rows = connection.execute(
        select(TURNS.c.position, TURNS.c.asked, TURNS.c.turn)
        .where(TURNS.c.conversation == number)
        .order_by(TURNS.c.position)
    )
    read = [(row, TURN.read(row.turn, f"第 {row.asked} 号问题的对话记录")) for row in rows]
    return [(row.position, KeptTurn(row.asked, turn)) for row, turn in read if turn is not None]


def _turn_row(number: int, position: int, kept: KeptTurn) -> dict[str, object]:
    return {
        "conversation": number,
        "position": position,
        "asked": kept.asked,
        "words": _words(kept.turn),
        "turn": TURN.write(kept.turn),
    }


def _words(turn: Turn) -> str:
    """Return what a turn is searched by."""
    return f"{fold(turn.question.text)}\n{fold(turn.answer.text)}"


def _title(text: str) -> str:
    """Return a text as a title: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
