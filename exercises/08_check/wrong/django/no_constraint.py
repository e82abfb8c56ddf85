"""Read again, computed in Python: the rule sees a number that was right once."""

from django.db import IntegrityError, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds
from shared_db.sqlstates import is_overdraft


def withdraw(user: User, amount: int, *, key: str) -> None:
    try:
        with transaction.atomic():
            user.refresh_from_db()
            user.money = user.money - amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
    except IntegrityError as error:
        if is_overdraft(error.__cause__):
            raise InsufficientFunds from error
        raise
