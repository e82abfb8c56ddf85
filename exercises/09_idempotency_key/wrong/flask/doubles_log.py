"""The key is looked for, and never kept."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    if db.session.scalar(db.select(WithdrawLog).filter_by(user_id=user.id, idempotency_key=key)):
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
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
