"""What PostgreSQL's SQLSTATEs mean for a withdrawal.

The names and codes are those of 'PostgreSQL Error Codes', appendix A of its manual.
"""

from psycopg import Error

from shared_db.rules import Conflict, WaitedTooLong

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LOCK_NOT_AVAILABLE = "55P03"  # lock_timeout ran out, or NOWAIT
QUERY_CANCELED = "57014"  # statement_timeout ran out
CHECK_VIOLATION = "23514"
UNIQUE_VIOLATION = "23505"

# Names of constraints in schema.sql.
NO_OVERDRAFT = "user_no_overdraft"
ONE_EMAIL = "user_email_key"

_ABORTED = frozenset({SERIALIZATION_FAILURE, DEADLOCK_DETECTED})
_TIMED_OUT = frozenset({LOCK_NOT_AVAILABLE, QUERY_CANCELED})


def conflict_in(error: BaseException | None) -> Conflict | None:
    """Return what to tell of a driver's error that other transactions brought about, or None.

    The balance sufficed when it was read, and the CHECK refuses it when it is written: that is
    another transaction's doing as well.
    """
    sqlstate = error.sqlstate if isinstance(error, Error) else None
    if sqlstate in _TIMED_OUT:
        return WaitedTooLong()
    return Conflict() if sqlstate in _ABORTED or is_overdraft(error) else None


def is_overdraft(error: BaseException | None) -> bool:
    """Tell whether a driver's error is the refusal of a balance below zero.

    Any other constraint that fails is a fault of the program, and none of the account's.
    """
    return _violates(error, CHECK_VIOLATION, NO_OVERDRAFT)


def is_taken_email(error: BaseException | None) -> bool:
    """Tell whether a driver's error is the refusal of an e-mail address that another user has."""
    return _violates(error, UNIQUE_VIOLATION, ONE_EMAIL)


def _violates(error: BaseException | None, sqlstate: str, constraint: str) -> bool:
    return (
        isinstance(error, Error)
        and error.sqlstate == sqlstate
        and error.diag.constraint_name == constraint
    )
