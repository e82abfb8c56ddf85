"""Check constraint: subtract in the database, and let the schema refuse a balance below zero.

Holds by constraint: the UPDATE computes from the row that it has locked, so no withdrawal is
lost, and CHECK (money >= 0) undoes the one that would overdraw. The rule stands with the data:
it holds for the admin and for psql too. Here it is on for accounts that forbid an overdraft.

The refusal arrives as an IntegrityError, and which constraint it was the driver's error tells by
name: error.__cause__ here, error.orig in SQLAlchemy. It is caught outside atomic(), after the
rollback. Any other constraint that fails is a fault of the program, and no lack of money.
"""

from django.db import IntegrityError, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds
from shared_db.sqlstates import is_overdraft


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw, and take the constraint's refusal for the answer."""
    try:
        with transaction.atomic():
            user.money = F("money") - amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
    except IntegrityError as error:
        if is_overdraft(error.__cause__):
            raise InsufficientFunds from error
        raise
