"""One statement ledger: sum, check and insert in a single statement.

Fails: one statement is not one at a time. Each sees what was committed when it began, so two that
run side by side both miss the other's row, both find enough and both insert. An UPDATE would meet
the other at the row that both write; two inserts meet nowhere (write skew).

Lock the user's row by a statement of its own before this one, at READ COMMITTED, or let
SERIALIZABLE abort one of them, as serializable_ledger does. SQLAlchemy writes INSERT ... SELECT by
from_select(); Django's ORM has no word for it.
"""

from django.db import connection, transaction

from django_app.models import User
from shared_db.rules import InsufficientFunds

_PAYOUT = """
INSERT INTO withdraw_logs (user_id, amount, strategy, stack)
SELECT id, %(amount)s, 'one_statement_ledger', 'django' FROM "user"
WHERE id = %(user)s AND money - (
    SELECT coalesce(sum(amount), 0) FROM withdraw_logs WHERE user_id = %(user)s
) >= %(amount)s
"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by one INSERT that carries its own condition."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PAYOUT, {"user": user.pk, "amount": amount})
        if cursor.rowcount == 0:
            raise InsufficientFunds
