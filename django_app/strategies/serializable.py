"""Serializable: let the database abort what could not have happened one after the other.

Holds by abort and retry: at SERIALIZABLE PostgreSQL also watches what was read (SSI), and aborts
one of the transactions whose reads and writes fit into no serial order (SQLSTATE 40001). For one
row it does what REPEATABLE READ does; where the two part, serializable_ledger shows.

The level is set as in repeatable_read: SET TRANSACTION within atomic(), in Flask after the end of
the login's transaction. The error may come as late as the commit: the loop is outside atomic().
"""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw in a transaction at SERIALIZABLE."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
