"""What to do when another transaction came in between: try again, and in the end tell the user."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

from django.db import DatabaseError

from shared_db import backoff
from shared_db.rules import Conflict
from shared_db.sqlstates import CONFLICTS

P = ParamSpec("P")


@contextmanager
def conflicts() -> Iterator[None]:
    """Raise Conflict where PostgreSQL reports one, atomic() having rolled back; let others pass.

    Raises:
        Conflict: the transaction was undone on behalf of another.
    """
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) not in CONFLICTS:
            raise
        raise Conflict from error


def retried(withdraw: Callable[P, None]) -> Callable[P, None]:
    """Decorate a strategy: try it again after each conflict, every time from its first line.

    Raises:
        Conflict: the last try that runtime.toml allows met one too.
    """

    @wraps(withdraw)
    def until_done(*args: P.args, **kwargs: P.kwargs) -> None:
        for _ in backoff.tries():
            try:
                with conflicts():
                    return withdraw(*args, **kwargs)
            except Conflict:
                continue
        raise Conflict

    return until_done
