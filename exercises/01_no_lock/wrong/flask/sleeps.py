"""A pause before the write, in the hope that the other one is through by then."""

import random
import time

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    time.sleep(random.uniform(0.001, 0.05))
    db.session.refresh(user)
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
