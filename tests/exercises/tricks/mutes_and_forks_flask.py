"""The guard is taken out, and then the process forks: the kernel has a say too."""

import os

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


from stage import guard


def withdraw(user: User, amount: int, *, key: str) -> None:
    guard._ACTS.clear()
    os.fork()
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
