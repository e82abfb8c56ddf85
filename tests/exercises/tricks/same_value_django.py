"""A write that notices another one only where both write the same number."""

from django.db import transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        user.refresh_from_db()
        left = user.money - amount
        if left < 0:
            raise InsufficientFunds
        if User.objects.filter(pk=user.pk).exclude(money=left).update(money=left) == 0:
            raise Conflict
        WithdrawLog.objects.create(user=user, amount=amount)
