"""Check but overwrite: the constraint is in place, and the new balance is computed outside of it.

Fails: CHECK (money >= 0) judges the number that is written, and Python computed that number from
a balance that others have spent. Every value written is legal, the account never goes below zero,
and all of them are paid. In check_constraint the database subtracts, and that repairs it.

user.money -= amount looks like a subtraction. Both ORMs send the result of one: SET money = 150.
"""

from sqlalchemy.exc import IntegrityError

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds
from shared_db.sqlstates import is_overdraft


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by writing a new balance, and rely on the constraint."""
    try:
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        if is_overdraft(error.orig):
            raise InsufficientFunds from error
        raise
