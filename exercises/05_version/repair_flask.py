"""Withdraw, and count the versions."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.refresh(user)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    debit = (
        db.update(User)
        .where(User.id == user.id)
        .values(money=user.money - amount, version=user.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(debit)
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
