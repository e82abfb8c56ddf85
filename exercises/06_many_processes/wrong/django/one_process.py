"""Another lock of Python's."""

from threading import BoundedSemaphore

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

_turn = BoundedSemaphore()


def withdraw(user: User, amount: int, *, key: str) -> None:
    with _turn, transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
