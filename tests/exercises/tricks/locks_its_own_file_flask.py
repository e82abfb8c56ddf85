"""A lock on the file that the code is in: it can be read, so it can be locked."""

import fcntl

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with open(__file__) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        pass
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
