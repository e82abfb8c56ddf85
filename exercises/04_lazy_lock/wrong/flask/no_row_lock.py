"""The query is built in a savepoint, and never sent."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with db.session.begin_nested():
        db.select(User).filter_by(id=user.id).with_for_update()
        db.session.refresh(user)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
