"""The error is caught, and nobody is told."""

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog


def withdraw(user: User, amount: int, *, key: str) -> None:
    with suppress(IntegrityError), transaction.atomic():
        user.money = F("money") - amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
