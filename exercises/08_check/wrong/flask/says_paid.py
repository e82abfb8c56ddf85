"""The error is caught, and nobody is told."""

from sqlalchemy.exc import IntegrityError

from flask_app.models import User, WithdrawLog, db


def withdraw(user: User, amount: int, *, key: str) -> None:
    try:
        user.money = User.money - amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
