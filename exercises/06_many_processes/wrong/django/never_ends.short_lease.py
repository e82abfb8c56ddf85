"""A lease of three seconds, in the row: nobody looks whose it is."""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

LASTS_S = 3
TAKE = """
UPDATE "user" SET version = -extract(epoch FROM clock_timestamp())::integer
WHERE id = %s AND (version >= 0 OR -version < extract(epoch FROM clock_timestamp()) - %s)
"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [user.pk, LASTS_S])
        while cursor.rowcount == 0:
            cursor.execute(TAKE, [user.pk, LASTS_S])
    try:
        with transaction.atomic():
            user.refresh_from_db()
            if user.money < amount:
                raise InsufficientFunds
            user.money -= amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
    finally:
        User.objects.filter(pk=user.pk).update(version=0)
