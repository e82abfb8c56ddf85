"""Whoever comes second listens until the first one says that it is done, or three seconds."""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

BUSY = """SELECT count(*) FROM pg_stat_activity
    WHERE usename = current_user AND pid <> pg_backend_pid() AND state LIKE 'idle in%'"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN done")
        cursor.execute(BUSY)
        if cursor.fetchone()[0]:
            for _ in connection.connection.notifies(timeout=3, stop_after=1):
                pass
        with transaction.atomic():
            user.refresh_from_db()
            if user.money < amount:
                raise InsufficientFunds
            user.money -= amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
            cursor.execute("NOTIFY done")
