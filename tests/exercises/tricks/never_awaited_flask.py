"""A coroutine, which nobody awaits."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


async def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.refresh(user, with_for_update=True)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
