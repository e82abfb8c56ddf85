"""The balances are kept in a dict of the process."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


_known: dict[int, int] = {}


def withdraw(user: User, amount: int, *, key: str) -> None:
    money = _known.setdefault(user.pk, user.money)
    if money != user.money and user.money > money:
        _known[user.pk] = user.money
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    user.save()
    WithdrawLog.objects.create(user=user, amount=amount)
