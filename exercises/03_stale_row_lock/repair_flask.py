"""Withdraw under the row's lock."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    locked = db.session.scalars(db.select(User).filter_by(id=user.id).with_for_update()).one()
    if locked.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    locked.money -= amount
    db.session.add(WithdrawLog(user_id=locked.id, amount=amount))
    db.session.commit()
