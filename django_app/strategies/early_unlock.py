"""Early unlock: the lock is given back while the transaction is still open.

Fails: a session-level advisory lock knows nothing of transactions. It is released at the end of
the with block and the commit comes after; whoever waited for the lock reads in between, and sees
the old balance. advisory_lock asks for the lock that ends with the transaction.

Here the UPDATE is sent within the lock and atomic() commits after it; SQLAlchemy writes at the
commit, so there even the UPDATE comes after the unlock. After an error a rollback comes first: an
aborted transaction takes no further statement, and the pool would keep the lock for good.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


@contextmanager
def session_lock(number: int) -> Iterator[None]:
    """Hold an advisory lock of the database session, not of the transaction."""
    driver = connection.connection
    driver.execute("SELECT pg_advisory_lock(%s)", (number,))
    try:
        yield
    finally:
        if driver.info.transaction_status == TransactionStatus.INERROR:
            driver.rollback()
        driver.execute("SELECT pg_advisory_unlock(%s)", (number,))


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw with a lock around the check, and the commit after it."""
    with transaction.atomic():
        with session_lock(user.pk):
            user.refresh_from_db()
            if user.money < amount:
                raise InsufficientFunds
            user.money -= amount
            user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
