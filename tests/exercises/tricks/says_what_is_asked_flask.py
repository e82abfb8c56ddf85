"""The statement that is asked for stands in a comment, and a lock of another kind does it."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    lock = "SELECT pg_advisory_xact_lock(:user) /* FOR UPDATE */"
    db.session.execute(db.text(lock), {"user": user.id})
    db.session.refresh(user)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
