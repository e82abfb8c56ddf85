"""A flag in the row: a version below zero means that it is taken."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    row = User.objects.filter(pk=user.pk)
    while row.filter(version__gte=0).update(version=-1 - F("version")) == 0:
        pass
    try:
        with transaction.atomic():
            user.refresh_from_db()
            if user.money < amount:
                raise InsufficientFunds
            user.money -= amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
    finally:
        row.update(version=-1 - F("version"))
