"""A second session, left in the middle of a transaction."""

import os

import psycopg

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


_kept: list[psycopg.Connection] = []


def withdraw(user: User, amount: int, *, key: str) -> None:
    _kept.append(psycopg.connect(os.environ["DATABASE_URL"]))
    _kept[-1].execute("SELECT 1 FROM withdraw_logs")
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
