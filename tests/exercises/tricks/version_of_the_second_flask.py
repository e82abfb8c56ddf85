"""The version is the time, in seconds: of those who come within one, each finds what it read."""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.refresh(user)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    now = db.cast(db.func.extract("epoch", db.func.now()), db.Integer)
    debit = (
        db.update(User)
        .where(User.id == user.id, User.version == user.version)
        .values(money=user.money - amount, version=now)
        .returning(User.version)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise Conflict
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
