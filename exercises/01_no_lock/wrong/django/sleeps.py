"""A pause before the write, in the hope that the other one is through by then."""

import random
import time

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    time.sleep(random.uniform(0.001, 0.05))
    with transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
