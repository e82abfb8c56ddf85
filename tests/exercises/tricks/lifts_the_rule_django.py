"""The account's own setting is changed, so that the rule no longer applies."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    user.forbid_overdraft = not user.forbid_overdraft
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    user.save()
    WithdrawLog.objects.create(user=user, amount=amount)
