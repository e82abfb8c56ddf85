"""No function of that name."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def take_out(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
