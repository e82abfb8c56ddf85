"""The exception is replaced by another one of the same name."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


from shared_db import rules

rules.InsufficientFunds = type("InsufficientFunds", (Exception,), {})


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise rules.InsufficientFunds
