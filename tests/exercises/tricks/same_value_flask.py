"""A write that notices another one only where both write the same number."""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.refresh(user)
    left = user.money - amount
    if left < 0:
        db.session.rollback()
        raise InsufficientFunds
    debit = (
        db.update(User)
        .where(User.id == user.id, User.money != left)
        .values(money=left)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise Conflict
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
