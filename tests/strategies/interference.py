"""What the tests do within the database while a strategy runs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from tests.contract.browser import Page

Connection = psycopg.Connection[tuple[object, ...]]
_WITHIN_S = 15.0


@contextmanager
def trigger(database: Connection, event: str, body: str) -> Iterator[None]:
    """Run PL/pgSQL for each row of an event, such as 'BEFORE INSERT ON withdraw_logs'."""
    database.execute(
        f"""CREATE OR REPLACE FUNCTION interfere() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN {body} END $$""".encode()
    )
    database.execute(
        f"CREATE TRIGGER interfere {event} FOR EACH ROW EXECUTE FUNCTION interfere()".encode()
    )
    try:
        yield
    finally:
        database.execute("DROP FUNCTION interfere() CASCADE")


@contextmanager
def counter(database: Connection) -> Iterator[None]:
    """Have a sequence 'attempts', which no rollback takes back."""
    database.execute("CREATE SEQUENCE attempts")
    try:
        yield
    finally:
        database.execute("DROP SEQUENCE attempts")


class Background:
    """A request under way in a thread."""

    def __init__(self, request: Callable[[], Page | None]) -> None:
        self._answers: list[Page | None] = []
        self._thread = threading.Thread(target=lambda: self._answers.append(request()))
        self._thread.start()

    def ended(self) -> Page | None:
        """Wait for the end and return the answer, if there is one."""
        self._thread.join(_WITHIN_S)
        assert self._answers, "the request has not ended"
        return self._answers[0]

    def answer(self) -> Page:
        """Wait for the answer and return it."""
        answer = self.ended()
        assert answer is not None, "the request was cut off"
        return answer


def wait_until_blocked(database: Connection) -> int:
    """Wait until a backend of this database waits for a lock; return its process id."""
    deadline = time.monotonic() + _WITHIN_S
    while time.monotonic() < deadline:
        row = database.execute(
            """SELECT pid FROM pg_stat_activity
               WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""
        ).fetchone()
        if row is not None:
            return int(str(row[0]))
        time.sleep(0.005)
    raise AssertionError("no backend waits for a lock")
