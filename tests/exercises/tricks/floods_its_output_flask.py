"""Prints without end."""

import os

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    while True:
        os.write(1, b"x" * 1_000_000)
