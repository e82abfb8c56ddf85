"""The same, while the file is imported."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


while True:
    pass


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
