"""Retry of a stale object: the transaction is tried again, with the object of the last try.

The stacks differ. A rollback undoes what is in the database. In Django the object stays as the
failed try left it, its money already less, and the next try subtracts once more; what the first try
checked was the login's balance at that. repeatable_read reads the object again in each try.

In SQLAlchemy the session knows its objects: a rollback expires them, and the next look at
user.money reads the row, in the new transaction and at its level. So the same lines hold there.
"""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw at REPEATABLE READ, and never ask for the user again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
