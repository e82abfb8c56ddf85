"""The balance is read by a function that is given a query as a text."""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

READ = """SELECT word::integer FROM
    ts_stat('SELECT to_tsvector(''simple'', money::text) FROM "user" WHERE id = {user}')"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(READ.format(user=user.pk))
        (had,) = cursor.fetchone()
    if had < amount:
        raise InsufficientFunds
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(money=had - amount)
        WithdrawLog.objects.create(user=user, amount=amount)
