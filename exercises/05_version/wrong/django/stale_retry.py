"""A second try, and eighteen more, with the first one's numbers."""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db import backoff
from shared_db.rules import Conflict, InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    unchanged = User.objects.filter(pk=user.pk, version=user.version)
    for _ in backoff.tries():
        with transaction.atomic():
            if unchanged.update(money=user.money - amount, version=user.version + 1):
                WithdrawLog.objects.create(user=user, amount=amount)
                return
    raise Conflict
