"""Let the database subtract, and its rule refuse."""

from sqlalchemy.exc import IntegrityError

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds
from shared_db.sqlstates import is_overdraft


def withdraw(user: User, amount: int, *, key: str) -> None:
    try:
        user.money = User.money - amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        if is_overdraft(error.orig):
            raise InsufficientFunds from error
        raise
