"""Unlocked first, committed then."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.execute(db.select(db.func.pg_advisory_lock(user.id)))
    db.session.refresh(user)
    enough = user.money >= amount
    if enough:
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.flush()
    db.session.execute(db.select(db.func.pg_advisory_unlock(user.id)))
    db.session.commit()
    if not enough:
        raise InsufficientFunds
