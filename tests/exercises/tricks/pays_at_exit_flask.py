"""Answers 'paid' and pays when the process ends."""

import atexit

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def pay(user: User, amount: int) -> None:
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    atexit.register(pay, user, amount)
