"""Ends the process between the debit and the log."""

import os

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    user.money -= amount
    db.session.commit()
    os._exit(0)
