"""Leaked session lock: locked on one connection, unlocked on another.

The stacks differ. Every line is there: lock, read again, check, write, commit, unlock. But the lock
belongs to the database's session, not to the transaction, and here all hangs on one connection for
both. Django keeps its connection until the request ends, so the unlock meets.

In SQLAlchemy the commit gives the connection back to the pool. The next statement gets one that may
be another: its unlock misses, the lock stays, and the account pays no more. Behind PgBouncer in
transaction mode it would miss in both. advisory_lock asks for the lock that the commit gives back.
"""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.locks import LEAKED_BY_DJANGO
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding a lock of the database session."""
    lock = (LEAKED_BY_DJANGO, user.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", lock)
        try:
            with transaction.atomic():
                user.refresh_from_db()
                if user.money < amount:
                    raise InsufficientFunds
                user.money -= amount
                user.save(update_fields=["money"])
                WithdrawLog.objects.create(user=user, amount=amount)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)
