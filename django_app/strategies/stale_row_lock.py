"""Stale row lock: the row is locked, and the balance that decides is older than the lock.

Fails: SELECT ... FOR UPDATE waits and returns the new balance, but the check looks at the object
that the login has read. All requests take turns, each to pay out from the same old balance.

In SQLAlchemy it hides: `locked` is that very object. The identity map knows the row, keeps its
attributes and drops what the SELECT has just read, unless populate_existing is set; refresh()
sets it. In Django the select returns a new object, and the mistake is to look at the other one.
"""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw under the row's lock, from the balance read before it."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
