"""The error goes out as it is."""

from flask_app.models import User, WithdrawLog, db


def withdraw(user: User, amount: int, *, key: str) -> None:
    user.money = User.money - amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
