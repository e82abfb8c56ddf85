"""A result has no such method: two habits of two frameworks in one line."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    user = db.session.execute(db.select(User).filter_by(id=user.id).with_for_update()).get()
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
