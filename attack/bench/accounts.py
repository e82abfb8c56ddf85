"""The accounts of a bench: a hundred, made for it and removed after it.

They have ids of their own, far above those that the sequence hands out: nobody else's account is
ever touched, and what a killed bench left behind is known for what it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from shared_db.passwords import hash_password
from shared_db.server import connect

FIRST_ID = 1_900_000_001
"""Of the first account; the others follow. No amount, balance or version is such a number."""
MOST = 100
"""Accounts of a bench; what is removed after it are all ids that one may have had."""
START = 1_000_003
"""Money before each measurement: enough for all, and told apart from any other number."""
VERSION = 500_009
"""Version before each measurement, likewise."""
PASSWORD = "bench"  # noqa: S105 - public, as those of the lab are

_ADD = """
INSERT INTO "user" (id, username, email, password, money)
VALUES (%(id)s, %(username)s, %(email)s, %(password)s, 0)
"""
_RESET = """
UPDATE "user" SET money = %(start)s, version = %(version)s, forbid_overdraft = %(forbid)s
WHERE id BETWEEN %(first)s AND %(last)s
"""
# Waits for a withdrawal that is still under way, and lets no other begin.
_HOLD = 'SELECT FROM "user" WHERE id BETWEEN %(first)s AND %(last)s FOR UPDATE'
_FORGET = "DELETE FROM withdraw_logs WHERE user_id BETWEEN %(first)s AND %(last)s"
_REMOVE = 'DELETE FROM "user" WHERE id BETWEEN %(first)s AND %(last)s'
# Nothing dead is left in the tables, so no measurement pays for what the one before it wrote.
_VACUUM = 'VACUUM (ANALYZE) "user", withdraw_logs'


def username(number: int) -> str:
    """Return the username of the account with this number, from 0."""
    return f"bench-{number:03}"


def email(number: int) -> str:
    """Return its e-mail address."""
    return f"{username(number)}@overdraft.example"


class Accounts:
    """So many accounts, in the lab's own database."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], count: int) -> None:
        self.connection = connection
        self.count = count

    def _ids(self) -> dict[str, object]:
        return {"first": FIRST_ID, "last": FIRST_ID + self.count - 1}

    def add(self) -> None:
        """Make them, anew where a killed bench left some behind."""
        self.remove()
        hashed = hash_password(PASSWORD)
        for number in range(self.count):
            values = {
                "id": FIRST_ID + number,
                "username": username(number),
                "email": email(number),
                "password": hashed,
            }
            self.connection.execute(_ADD, values)

    def reset(self, *, forbid_overdraft: bool) -> None:
        """Give each START money and no history, and tidy the tables up."""
        values = {"start": START, "version": VERSION, "forbid": forbid_overdraft}
        self.connection.execute(_FORGET, self._ids())
        self.connection.execute(_RESET, self._ids() | values)
        self.connection.execute(_VACUUM)

    def remove(self) -> None:
        """Remove them and their history, and those that a larger bench left behind."""
        ids = {"first": FIRST_ID, "last": FIRST_ID + MOST - 1}
        with self.connection.transaction():
            for statement in (_HOLD, _FORGET, _REMOVE):
                self.connection.execute(statement, ids)


@contextmanager
def accounts(database_url: str, count: int) -> Iterator[Accounts]:
    """Yield so many accounts for the time of a bench.

    Raises:
        LabError: the database does not answer.
    """
    with connect(database_url) as connection:
        made = Accounts(connection, count)
        made.add()
        try:
            yield made
        finally:
            made.remove()
