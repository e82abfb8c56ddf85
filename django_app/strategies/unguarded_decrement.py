"""Unguarded decrement: the database subtracts, and nothing checks what is left.

Fails by an overdraft: money = money - amount loses no update, so the books are balanced, but the
check before it saw an old balance, and the account goes below zero. What is missing is a guard in
the write: the WHERE of conditional_update or the CHECK of check_constraint.

An expression is assigned instead of a value: User.money - amount in SQLAlchemy, F("money") -
amount in Django.
"""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by an atomic decrement, after a check of the balance read before."""
    with transaction.atomic():
        if user.money < amount:
            raise InsufficientFunds
        user.money = F("money") - amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
