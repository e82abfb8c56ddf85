"""What to do when another transaction came in between: try again, and in the end tell the user."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

from django.db import DatabaseError

from shared_db import backoff
from shared_db.rules import Conflict, WaitedTooLong
from shared_db.sqlstates import conflict_in

P = ParamSpec("P")


@contextmanager
def conflicts() -> Iterator[None]:
    """Raise Conflict where PostgreSQL reports one, atomic() having rolled back; let others pass.

    Raises:
        Conflict: the transaction was undone on behalf of another.
        WaitedTooLong: it waited for another until a timeout.
    """
    try:
        yield
    except DatabaseError as error:
        conflict = conflict_in(error.__cause__)
        if conflict is None:
            raise
        raise conflict from error


def retried(withdraw: Callable[P, None]) -> Callable[P, None]:
    """Decorate a strategy: try it again after each conflict, every time from its first line.

    Raises:
        Conflict: the last try that runtime.toml allows met one too.
        WaitedTooLong: a try waited until a timeout; the next would wait as long.
    """

    @wraps(withdraw)
    def until_done(*args: P.args, **kwargs: P.kwargs) -> None:
        for _ in backoff.tries():
            try:
                with conflicts():
                    return withdraw(*args, **kwargs)
            except WaitedTooLong:
                raise
            except Conflict:
                continue
        raise Conflict

    return until_done
