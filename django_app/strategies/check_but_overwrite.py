"""Check but overwrite: the constraint is in place, and the new balance is computed outside of it.

Fails: CHECK (money >= 0) judges the number that is written, and Python computed that number from
a balance that others have spent. Every value written is legal, the account never goes below zero,
and all of them are paid. In check_constraint the database subtracts, and that repairs it.

user.money -= amount looks like a subtraction. Both ORMs send the result of one: SET money = 150.
"""

from django.db import IntegrityError, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds
from shared_db.sqlstates import is_overdraft


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by writing a new balance, and rely on the constraint."""
    try:
        with transaction.atomic():
            user.money -= amount
            user.save()
            WithdrawLog.objects.create(user=user, amount=amount)
    except IntegrityError as error:
        if is_overdraft(error.__cause__):
            raise InsufficientFunds from error
        raise
