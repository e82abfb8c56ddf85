"""Right as long as nothing races, wrong from the twentieth request on."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


_calls = 0


def withdraw(user: User, amount: int, *, key: str) -> None:
    global _calls
    _calls += 1
    if _calls < 40:
        with transaction.atomic():
            user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
            if user.money < amount:
                raise InsufficientFunds
            user.money -= amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
    else:
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
