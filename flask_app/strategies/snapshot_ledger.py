"""Snapshot ledger: the same derived balance, one isolation level lower.

Fails: at REPEATABLE READ every transaction sums its own snapshot, and PostgreSQL aborts a
transaction only for a row that two of them write. Inserts collide with nothing, so all of them
commit (write skew), and the retry around it never has anything to do. serializable_ledger
differs in one word.

A lock on the user's row repairs this only at READ COMMITTED, where the sum is read after the wait;
here the snapshot is older than the lock (locked_snapshot). An UPDATE of the user's row does it at
either level: then two transactions write one row. Django sets the level by a statement of its own
within the transaction, SQLAlchemy on the connection, so that it is part of BEGIN.
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by adding a row to the log, at REPEATABLE READ."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    if user.derived_balance() < amount:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
