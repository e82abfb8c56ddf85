"""A lock on the file that the code is in: it can be read, so it can be locked."""

import fcntl

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with open(__file__) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        pass
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    user.save()
    WithdrawLog.objects.create(user=user, amount=amount)
