"""An advisory lock of the database session, for as long as a with block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import TransactionStatus


@contextmanager
def session_lock(kind: int, number: int) -> Iterator[None]:
    """Hold the lock of a class and a number; it outlasts transactions.

    An aborted transaction takes no further statement, and the pool would keep the lock for good:
    after an error a rollback comes before the unlock.
    """
    driver = connection.connection
    driver.execute("SELECT pg_advisory_lock(%s, %s)", (kind, number))
    try:
        yield
    finally:
        if driver.info.transaction_status == TransactionStatus.INERROR:
            driver.rollback()
        driver.execute("SELECT pg_advisory_unlock(%s, %s)", (kind, number))
