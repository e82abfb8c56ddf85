"""Who has not enough is told nothing."""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        _, is_new = WithdrawLog.objects.get_or_create(
            user=user, idempotency_key=key, defaults={"amount": amount}
        )
        if not is_new:
            return
        debit = User.objects.filter(pk=user.pk, money__gte=amount)
        if debit.update(money=F("money") - amount) == 0:
            transaction.set_rollback(True)
