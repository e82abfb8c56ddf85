"""The version is the time, in seconds: of those who come within one, each finds what it read."""

from time import time

from django.db import transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        unchanged = User.objects.filter(pk=user.pk, version=user.version)
        if unchanged.update(money=user.money - amount, version=int(time())) == 0:
            raise Conflict
        WithdrawLog.objects.create(user=user, amount=amount)
