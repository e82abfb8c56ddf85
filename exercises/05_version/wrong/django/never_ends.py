"""The same try again, until it works."""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    unchanged = User.objects.filter(pk=user.pk, version=user.version)
    while True:
        with transaction.atomic():
            if unchanged.update(money=user.money - amount, version=user.version + 1):
                WithdrawLog.objects.create(user=user, amount=amount)
                return
