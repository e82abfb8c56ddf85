"""Withdraw while holding the user's lock."""

from threading import Lock

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

_locks: dict[int, Lock] = {}


def withdraw(user: User, amount: int, *, key: str) -> None:
    with _locks.setdefault(user.pk, Lock()), transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
