"""Calls itself without end."""

import sys

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    sys.setrecursionlimit(2**31 - 1)
    withdraw(user, amount, key=key)
