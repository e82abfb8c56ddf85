"""The check reads the locked row; the subtraction starts from the balance that was read before."""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
