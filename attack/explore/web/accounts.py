"""The accounts of those who race: read and restored in one round trip, between two schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import psycopg

from attack.explore.cells import Cell
from attack.targets import Target as Site
from racewalk.errors import ExploreError
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Ledger
from shared_db.accounts import USERS

_RESETS_BETWEEN_VACUUMS: Final = 200
_SEQUENCES: Final = """
SELECT format('SELECT setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename),
              coalesce(last_value, start_value), last_value IS NOT NULL)
FROM pg_sequences ORDER BY schemaname, sequencename
"""


@dataclass(frozen=True, slots=True)
class Database:
    """Where applications find the database, and who looks into it.

    Attributes:
        url: for the applications' role; host and port are replaced by the proxy's.
        observer: a superuser's direct connection.
    """

    url: str
    observer: Observer


class Accounts:
    """Reads what a schedule left and restores the start: the accounts and the sequences.

    Args:
        site: how an account is read and reset.
        database: where they are; its sequences are restored to what they are now.
    """

    def __init__(self, site: Site, database: Database) -> None:
        self._site, self._database = site, database
        self._sequences = [str(row[0]) for row in database.observer.run(_SEQUENCES)]
        self._start = self._users = 0
        self._message = ""
        self._resets = 0

    def select(self, cell: Cell) -> None:
        """Make one message of it all for the users of a cell."""
        site = self._site
        read = site.read_derived_sql if cell.strategy.ledger == "derived" else site.read_sql
        self._start = cell.start
        with psycopg.connect(self._database.url) as connection:
            cursor = psycopg.ClientCursor(connection)
            reads, resets = list[str](), list[str]()
            for user in USERS[: cell.users]:
                values = {
                    "username": user.username,
                    "start": cell.start,
                    "forbid_overdraft": cell.strategy.forbid_overdraft,
                }
                reads.append(_made(cursor, read, values))
                resets.append(_made(cursor, site.reset_sql, values))
        self._users = cell.users
        self._message = ";\n".join([*reads, *resets, *self._sequences])

    def reset(self) -> Ledger:
        """Read the accounts and restore them; VACUUM now and then.

        Raises:
            ExploreError: no cell was selected.
        """
        if not self._message:
            raise ExploreError("no cell was selected")
        rows = self._database.observer.run(self._message)[: self._users]
        users = []
        for row in rows:
            balance, paid_out, payouts = (int(value or 0) for value in row)
            users.append(Ledger(self._start, balance, paid_out, payouts))
        self._resets += 1
        if self._resets % _RESETS_BETWEEN_VACUUMS == 0:
            self._database.observer.run("VACUUM")
        return users[0] if len(users) == 1 else _sum(users)


def _made(cursor: psycopg.ClientCursor[tuple[object, ...]], sql: str, values: object) -> str:
    return cursor.mogrify(sql.encode(), values).strip()  # type: ignore[arg-type]


def _sum(users: list[Ledger]) -> Ledger:
    return Ledger(
        start=sum(each.start for each in users),
        balance=sum(each.balance for each in users),
        paid_out=sum(each.paid_out for each in users),
        payouts=sum(each.payouts for each in users),
        users=tuple(users),
    )
