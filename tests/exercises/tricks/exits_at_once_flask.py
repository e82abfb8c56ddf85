"""The process ends while the file is imported."""

import sys

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


sys.exit(0)


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
