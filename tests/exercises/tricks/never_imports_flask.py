"""The same, while the file is imported."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


while True:
    pass


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
