"""Idempotency key: one intent is paid once, however often its form is sent.

Holds by key: the log row is written first, under the key that the form carries, and the unique
constraint lets one request of an intent do so; the others wait for it and then find what it did.
Two intents have two keys, so the debit needs its own guard, in the same transaction: a refusal
takes the log row back and leaves no trace.

INSERT ... ON CONFLICT DO NOTHING names its constraint, for without one it would swallow every other
conflict too, and RETURNING tells whether the row is new. Django's get_or_create() looks first, and
catches the IntegrityError in a savepoint.
"""

from sqlalchemy.dialects.postgresql import insert

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds, KeyReused


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw once for each key."""
    claim = (
        insert(WithdrawLog)
        .values(user_id=user.id, amount=amount, idempotency_key=key)
        .on_conflict_do_nothing(constraint="withdraw_logs_one_intent")
    )
    if db.session.scalar(claim.returning(WithdrawLog.id)) is None:
        first = db.select(WithdrawLog.amount).filter_by(user_id=user.id, idempotency_key=key)
        paid = db.session.scalar(first)
        db.session.rollback()
        if paid != amount:
            raise KeyReused
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
    db.session.commit()
