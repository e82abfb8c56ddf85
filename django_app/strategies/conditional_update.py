"""Conditional update: let the write itself check (compare-and-set).

Holds by the write: UPDATE takes the row's lock, and at READ COMMITTED PostgreSQL evaluates the
WHERE again on the row that it waited for. No balance is ever read into Python, so none is stale.

Whether a row was debited, the count that update() returns tells here, and RETURNING in SQLAlchemy.
The object that the login loaded keeps the old balance: read it again before it is used. SQLAlchemy
would subtract from it too, which synchronize_session=False forbids.
"""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by one UPDATE that carries its own condition."""
    with transaction.atomic():
        debit = User.objects.filter(pk=user.pk, money__gte=amount)
        if debit.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
        WithdrawLog.objects.create(user=user, amount=amount)
