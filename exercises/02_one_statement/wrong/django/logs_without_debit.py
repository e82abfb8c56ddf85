"""The condition in SQL, and nobody asks whether it met the row."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        User.objects.filter(pk=user.pk, money__gte=amount).update(money=F("money") - amount)
        WithdrawLog.objects.create(user=user, amount=amount)
