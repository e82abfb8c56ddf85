"""Check but overwrite: the constraint is in place, and the new balance is computed outside of it.

Fails: CHECK (money >= 0) judges the number that is written, and Python computed that number from
a balance that others have spent. Every value written is legal, the account never goes below zero,
and all of them are paid. check_constraint differs in one line: the database subtracts there.

user.money -= amount looks like a subtraction. Both ORMs send the result of one: SET money = 150.
"""

from django.db import IntegrityError, transaction
from psycopg.errors import CheckViolation

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by writing a new balance, and rely on the constraint."""
    try:
        with transaction.atomic():
            user.money -= amount
            user.save()
            WithdrawLog.objects.create(user=user, amount=amount)
    except IntegrityError as error:
        if not isinstance(error.__cause__, CheckViolation):
            raise
        raise InsufficientFunds from error
