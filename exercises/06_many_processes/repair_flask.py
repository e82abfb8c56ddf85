"""Withdraw while holding the user's lock."""

from threading import Lock

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

_locks: dict[int, Lock] = {}


def withdraw(user: User, amount: int, *, key: str) -> None:
    with _locks.setdefault(user.id, Lock()):
        db.session.refresh(user)
        if user.money < amount:
            db.session.rollback()
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
