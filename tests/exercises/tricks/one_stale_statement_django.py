"""One statement that reads the balance in a query of its own, committed by itself."""

from django.db import connection

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

PAY = """
WITH had AS MATERIALIZED (SELECT money FROM "user" WHERE id = {user}),
paid AS (
    UPDATE "user" SET money = (SELECT money FROM had) - {amount}
    WHERE id = {user} AND (SELECT money FROM had) >= {amount} RETURNING id
)
INSERT INTO withdraw_logs (user_id, amount) SELECT id, {amount} FROM paid RETURNING id
"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PAY.format(user=user.pk, amount=amount))
        if not cursor.fetchall():
            raise InsufficientFunds
