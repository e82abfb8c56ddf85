"""To look for the key under its own lock's nose, then insert."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    known = db.select(db.func.count()).where(
        WithdrawLog.user_id == user.id, WithdrawLog.idempotency_key == key
    )
    if db.session.scalar(known):
        return
    debit = (
        db.update(User)
        .where(User.id == user.id, User.money >= amount)
        .values(money=User.money - amount)
        .returning(User.money)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount, idempotency_key=key))
    db.session.commit()
