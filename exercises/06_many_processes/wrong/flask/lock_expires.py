"""A lock that is waited for two seconds: who has it so long must be dead."""

from sqlalchemy.exc import OperationalError

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

PATIENCE = "2s"


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.execute(db.text(f"SET lock_timeout = '{PATIENCE}'"))
    try:
        db.session.execute(db.select(db.func.pg_advisory_xact_lock(user.id)))
    except OperationalError:
        db.session.rollback()
    db.session.refresh(user)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
