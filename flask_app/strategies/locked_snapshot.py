"""Locked snapshot: the user's row is locked first, in a transaction that has its snapshot already.

Fails: at REPEATABLE READ the first statement takes the snapshot, and here that is the one which
then waits for the lock. When it gets the lock, the other withdrawal is in the log, but not in the
snapshot: the sum that follows misses it. The wait itself raises no error, for the row was locked
and not changed.

At READ COMMITTED every statement sees what is committed when it begins, and the same two lines
hold. Or let the row be written, UPDATE "user" SET version = version + 1: then whoever comes second
is aborted (40001), and the retry has a new snapshot.
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by adding a row to the log, with the user's row locked, at REPEATABLE READ."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.derived_balance() < amount:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
