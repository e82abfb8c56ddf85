"""Advisory lock: take turns by a lock that belongs to no row.

Holds by waiting: pg_advisory_xact_lock waits until no other transaction holds the lock's numbers,
here a class for accounts and the user's id: a bare id would be one lock for everything that has
ids. Then the row is read again, for the lock makes requests take turns, and does not make an object
that was read before it any fresher. It ends with the transaction, after the commit.

Neither ORM has a word for it: a function call in SQLAlchemy's select(), plain SQL in Django.
"""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.locks import ACCOUNT
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding the user's advisory lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ACCOUNT, user.pk])
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
