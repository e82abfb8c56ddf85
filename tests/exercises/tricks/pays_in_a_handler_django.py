"""The payment is made by a signal's handler, once the answer is on its way."""

import signal

from django.db import transaction

from django_app.models import User, WithdrawLog

_due = []


def later(*_rest):
    while _due:
        number, amount = _due.pop()
        with transaction.atomic():
            row = User.objects.select_for_update().get(pk=number)
            if row.money >= amount:
                row.money -= amount
                row.save(update_fields=["money"])
                WithdrawLog.objects.create(user=row, amount=amount)


signal.signal(signal.SIGALRM, later)


def withdraw(user: User, amount: int, *, key: str) -> None:
    _due.append((user.pk, amount))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
