"""Unguarded decrement: the database subtracts, and nothing checks what is left.

Fails by an overdraft: money = money - amount loses no update, so the books are balanced, but the
check before it saw an old balance, and the account goes below zero. What is missing is a guard in
the write: the WHERE of conditional_update or the CHECK of check_constraint.

An expression is assigned instead of a value: User.money - amount in SQLAlchemy, F("money") -
amount in Django.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by an atomic decrement, after a check of the balance read before."""
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money = User.money - amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
