"""The accounts of those who race: read and restored in one round trip, between two schedules."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from attack.explore.cells import Cell
from attack.explore.ledger import PARTS, fact
from attack.targets import Target as Site
from racewalk.reset.sql import SqlReset
from racewalk.schedule.observer import Observer
from shared_db.accounts import USERS


@dataclass(frozen=True, slots=True)
class Database:
    """Where applications find the database, and who looks into it.

    Attributes:
        url: for the applications' role; host and port are replaced by the proxy's.
        observer: a superuser's direct connection.
    """

    url: str
    observer: Observer


def reset_of(site: Site, database: Database, cell: Cell) -> SqlReset:
    """Return what reads the accounts of a cell's users, and restores them and the sequences."""
    read = site.read_derived_sql if cell.strategy.ledger == "derived" else site.read_sql
    facts, before = dict[str, str](), list[str]()
    with psycopg.connect(database.url) as connection:
        cursor = psycopg.ClientCursor(connection)
        for number, user in enumerate(USERS[: cell.users]):
            values = {
                "username": user.username,
                "start": cell.start,
                "forbid_overdraft": cell.strategy.forbid_overdraft,
            }
            account = _made(cursor, read, values)
            for part in PARTS:
                row = f"({account}) AS account ({', '.join(PARTS)})"
                facts[fact(number, part)] = f"SELECT {part} FROM {row}"  # noqa: S608 - our words
            before.append(_made(cursor, site.reset_sql, values))
    return SqlReset(database.observer, facts, before)


def _made(cursor: psycopg.ClientCursor[tuple[object, ...]], sql: str, values: object) -> str:
    return cursor.mogrify(sql.encode(), values).strip().rstrip(";")  # type: ignore[arg-type]
