"""Snapshot ledger: the same derived balance, one isolation level lower.

Fails: at REPEATABLE READ every transaction sums its own snapshot, and PostgreSQL aborts a
transaction only for a row that two of them write. Inserts collide with nothing, so all of them
commit (write skew), and the retry around it never has anything to do. serializable_ledger
differs in one word.

A lock on the user's row repairs this only at READ COMMITTED, where the sum is read after the wait;
here the snapshot is older than the lock (locked_snapshot). An UPDATE of the user's row does it at
either level: then two transactions write one row. Django sets the level by a statement of its own
within the transaction, SQLAlchemy on the connection, so that it is part of BEGIN.
"""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by adding a row to the log, at REPEATABLE READ."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        user.refresh_from_db()
        if user.derived_balance() < amount:
            raise InsufficientFunds
        WithdrawLog.objects.create(user=user, amount=amount)
