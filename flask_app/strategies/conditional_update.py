"""Conditional update: let the write itself check (compare-and-set).

Holds by the write: UPDATE takes the row's lock, and at READ COMMITTED PostgreSQL evaluates the
WHERE again on the row that it waited for. No balance is ever read into Python, so none is stale.

Whether a row was debited, RETURNING tells here, and the count that update() returns in Django. Left
to itself SQLAlchemy would also subtract from the object that the login loaded, and so set a balance
that nobody has; synchronize_session=False leaves it alone, and the commit expires it. Django's
object keeps the old balance.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by one UPDATE that carries its own condition."""
    debit = (
        db.update(User)
        .where(User.id == user.id, User.money >= amount)
        .values(money=User.money - amount)
        .returning(User.money)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
