"""A lock for all requests of this process."""

import threading

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

_lock = threading.Lock()


def withdraw(user: User, amount: int, *, key: str) -> None:
    with _lock, transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
