"""The answer first, the payment afterwards."""

from contextlib import suppress

from django.core.signals import request_finished
from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    def later(**_rest):
        request_finished.disconnect(later)
        with suppress(InsufficientFunds):
            with transaction.atomic():
                user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
                if user.money < amount:
                    raise InsufficientFunds
                user.money -= amount
                user.save(update_fields=["money"])
                WithdrawLog.objects.create(user=user, amount=amount)

    request_finished.connect(later, weak=False)
