"""Check and write in one statement, and ask whether it met the row."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        enough = User.objects.filter(pk=user.pk, money__gte=amount)
        if enough.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
        WithdrawLog.objects.create(user=user, amount=amount)
