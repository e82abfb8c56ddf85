"""Withdraw while holding the lock of the user's number."""

from flask_app.locks import session_lock
from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with session_lock(7, user.id):
        db.session.refresh(user)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
