"""Repeatable read: let the database abort a write that is based on an old balance.

Holds by abort and retry: at REPEATABLE READ PostgreSQL refuses to update a row that another
transaction has changed since this one's snapshot (SQLSTATE 40001). The transaction is then tried
again from its first statement: trying only the UPDATE again would keep the old balance.

The level has to be set before a transaction's first query. Flask's login has made that query
already, so there its transaction is ended first; here the login left none open. The loop is
outside atomic(): inside, the aborted transaction would take no further statement.
"""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw in a transaction at REPEATABLE READ."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
