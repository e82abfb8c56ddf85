"""Withdraw once for each key."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        if WithdrawLog.objects.filter(user=user, idempotency_key=key).exists():
            return
        debit = User.objects.filter(pk=user.pk, money__gte=amount)
        if debit.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
        WithdrawLog.objects.create(user=user, amount=amount, idempotency_key=key)
