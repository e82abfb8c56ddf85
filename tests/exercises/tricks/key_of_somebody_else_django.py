"""The key is looked for among all keys: whoever has another one's is told 'paid' for nothing."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        if WithdrawLog.objects.filter(idempotency_key=key).exists():
            return
        _, is_new = WithdrawLog.objects.get_or_create(
            user=user, idempotency_key=key, defaults={"amount": amount}
        )
        if not is_new:
            return
        debit = User.objects.filter(pk=user.pk, money__gte=amount)
        if debit.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
