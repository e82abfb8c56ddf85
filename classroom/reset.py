"""Students' accounts as they were at the start, while others go on."""

from collections.abc import Sequence

import psycopg

from attack import targets
from shared_db import locks
from shared_db.accounts import STARTING_MONEY
from shared_db.server import connect

# Held to the end of the transaction: no attack on this account begins in between.
_IS_FREE = f"""
SELECT pg_try_advisory_xact_lock_shared({locks.ATTACK})
   AND pg_try_advisory_xact_lock_shared({locks.ATTACKED}, id)
FROM "user" WHERE username = %s
"""  # noqa: S608 - keys of ours
_WAITS = "SET lock_timeout = '800ms'"


def reset(database_url: str, students: Sequence[str]) -> tuple[str, ...]:
    """Give these accounts their money back and empty their logs.

    What came of their attacks and repairs is kept.

    Args:
        database_url: of the class.
        students: whose accounts.

    Returns:
        Whose account was left as it is, for it is attacked, or withdrawn from, at this moment.

    Raises:
        LabError: the database does not answer.
    """
    with connect(database_url) as connection:
        connection.execute(_WAITS)
        return tuple(name for name in students if not _reset(connection, name))


def _reset(connection: psycopg.Connection[tuple[object, ...]], student: str) -> bool:
    values = {"username": student, "start": STARTING_MONEY, "forbid_overdraft": False}
    try:
        with connection.transaction():
            if connection.execute(_IS_FREE.encode(), (student,)).fetchone() != (True,):
                return False
            connection.execute(targets.load().reset_sql.encode(), values)
    except psycopg.errors.LockNotAvailable:
        return False
    return True
