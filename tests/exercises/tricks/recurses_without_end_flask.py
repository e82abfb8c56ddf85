"""Calls itself without end."""

import sys

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    sys.setrecursionlimit(2**31 - 1)
    withdraw(user, amount, key=key)
