"""No function of that name."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def take_out(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
