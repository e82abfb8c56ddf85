"""Notes of a start that went well, again and again."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


from stage.notes import note


def withdraw(user: User, amount: int, *, key: str) -> None:
    for _ in range(300):
        note("loaded")
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    user.save()
    WithdrawLog.objects.create(user=user, amount=amount)
