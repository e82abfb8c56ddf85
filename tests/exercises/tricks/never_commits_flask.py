"""Replaces the driver's commit by nothing."""

import psycopg

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

psycopg.Connection.commit = lambda _connection: None


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
