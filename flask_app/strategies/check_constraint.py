"""Check constraint: subtract in the database, and let the schema refuse a balance below zero.

Holds by constraint: the UPDATE computes from the row that it has locked, so no withdrawal is
lost, and CHECK (money >= 0) undoes the one that would overdraw. The rule stands with the data:
it holds for the admin and for psql too. Here it is on for accounts that forbid an overdraft.

The refusal arrives as an IntegrityError, and which constraint it was the driver's error tells by
name: error.orig here, error.__cause__ in Django, where it must be caught outside atomic(), after
the rollback. Any other constraint that fails is a fault of the program, and no lack of money.
"""

from sqlalchemy.exc import IntegrityError

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds
from shared_db.sqlstates import is_overdraft


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw, and take the constraint's refusal for the answer."""
    try:
        user.money = User.money - amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        if is_overdraft(error.orig):
            raise InsufficientFunds from error
        raise
