"""Withdraw by checking first and acting later."""

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    user.save()
    WithdrawLog.objects.create(user=user, amount=amount)
