"""The subtraction in SQL, and no condition."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(money=F("money") - amount)
        WithdrawLog.objects.create(user=user, amount=amount)
