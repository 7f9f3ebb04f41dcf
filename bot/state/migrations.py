"""How a state database of an earlier version becomes one of today's.

Only additions: an earlier version of the program may still be at work on the same database.
"""

from sqlalchemy import Connection, insert, inspect, select, text, update

from bot.state.errors import StateError
from bot.state.tables import METADATA, SCHEMA

# STEPS[0] makes version 2 of version 1, and so on: statements that every database understands, such as
# ALTER TABLE questions ADD COLUMN … New tables need no step.
STEPS: tuple[tuple[str, ...], ...] = ()


def prepare(connection: Connection, name: str) -> None:
    """Make the tables, or bring them to today's version.

    ``name`` is the database's, for messages. Raises StateError where the database is of a later version,
    or holds tables of these names that are not this program's.
    """
    version = len(STEPS) + 1
    present = set(inspect(connection).get_table_names())
    if SCHEMA.name not in present and present & METADATA.tables.keys():
        msg = f"{name} 是别的程序的数据库，不能当作状态数据库：请用 YOUJU_DATABASE 指定另一个。"
        raise StateError(msg)
    METADATA.create_all(connection)
    found = connection.scalar(select(SCHEMA.c.version))
    if found is None:
        connection.execute(insert(SCHEMA).values(version=version))
        return
    if found > version:
        msg = (
            f"状态数据库 {name} 是更新版本的程序建的（第 {found} 版，本程序只认到第 {version} 版）："
            "请把程序升级到那个版本，或用 YOUJU_DATABASE 指定另一个数据库。"
        )
        raise StateError(msg)
    for step in STEPS[found - 1 :]:
        for statement in step:
            connection.execute(text(statement))
    if found < version:
        connection.execute(update(SCHEMA).values(version=version))
