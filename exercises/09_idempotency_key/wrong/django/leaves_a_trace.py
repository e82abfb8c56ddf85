"""The key in a transaction of its own."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    _, is_new = WithdrawLog.objects.get_or_create(
        user=user, idempotency_key=key, defaults={"amount": amount}
    )
    if not is_new:
        return
    with transaction.atomic():
        debit = User.objects.filter(pk=user.pk, money__gte=amount)
        if debit.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
