"""The condition on Python's number, the subtraction in SQL."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(money=F("money") - amount)
        WithdrawLog.objects.create(user=user, amount=amount)
