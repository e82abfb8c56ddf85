"""A lock for all requests of this process."""

import threading

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

_lock = threading.Lock()


def withdraw(user: User, amount: int, *, key: str) -> None:
    with _lock:
        db.session.refresh(user)
        if user.money < amount:
            db.session.rollback()
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
