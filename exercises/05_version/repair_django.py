"""Withdraw, and count the versions."""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        row = User.objects.filter(pk=user.pk)
        row.update(money=user.money - amount, version=user.version + 1)
        WithdrawLog.objects.create(user=user, amount=amount)
