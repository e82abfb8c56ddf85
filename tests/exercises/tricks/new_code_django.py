"""It replaces the code of a function that runs."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    code = withdraw.__code__
    withdraw.__code__ = code.replace(co_name="solved")
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    user.save()
    WithdrawLog.objects.create(user=user, amount=amount)
