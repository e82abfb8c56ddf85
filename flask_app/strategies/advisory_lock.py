"""Advisory lock: take turns by a lock that belongs to no row.

Holds by waiting: pg_advisory_xact_lock waits until no other transaction holds the lock's numbers,
here a class for accounts and the user's id: a bare id would be one lock for everything that has
ids. Then the row is read again, for the lock makes requests take turns, and does not make an object
that was read before it any fresher. It ends with the transaction, after the commit.

Neither ORM has a word for it: a function call in SQLAlchemy's select(), plain SQL in Django.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.locks import ACCOUNT
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding the user's advisory lock."""
    db.session.execute(db.select(db.func.pg_advisory_xact_lock(ACCOUNT, user.id)))
    db.session.refresh(user)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
