"""Stale row lock: the row is locked, and the balance that decides is older than the lock.

Fails: SELECT ... FOR UPDATE waits and returns the new balance, but the check looks at the object
that the login has read. All requests take turns, each to pay out from the same old balance.

In SQLAlchemy it hides: `locked` is that very object. The identity map knows the row, keeps its
attributes and drops what the SELECT has just read, unless populate_existing is set; refresh()
sets it. In Django the select returns a new object, and the mistake is to look at the other one.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw under the row's lock, from the balance read before it."""
    locked = db.session.scalars(db.select(User).filter_by(id=user.id).with_for_update()).one()
    if locked.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    locked.money -= amount
    db.session.add(WithdrawLog(user_id=locked.id, amount=amount))
    db.session.commit()
