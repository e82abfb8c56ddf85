"""The error goes out as it is."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        user.money = F("money") - amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
