"""The exception is replaced by another one of the same name."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


from shared_db import rules

rules.InsufficientFunds = type("InsufficientFunds", (Exception,), {})


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise rules.InsufficientFunds
