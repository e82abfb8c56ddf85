"""Withdraw: look, then write."""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        User.objects.filter(pk=user.pk).update(money=user.money - amount)
        WithdrawLog.objects.create(user=user, amount=amount)
