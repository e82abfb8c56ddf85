"""Leaked session lock: locked on one connection, unlocked on another.

The stacks differ. Every line is there: lock, read again, check, write, commit, unlock. But the lock
belongs to the database's session, and the commit gives the connection back to the pool. The next
statement gets one that may be another: its unlock misses, with a warning that nobody reads. The
lock stays, nobody waits long enough for it, and the account pays no more: it starves.

Django keeps its connection until the request ends, so there the unlock meets. Behind PgBouncer in
transaction mode it would miss in both. advisory_lock asks for the lock that the commit gives back.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.locks import LEAKED_BY_FLASK
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding a lock of the database session."""
    lock = (LEAKED_BY_FLASK, user.id)
    db.session.execute(db.select(db.func.pg_advisory_lock(*lock)))
    try:
        db.session.refresh(user)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    finally:
        db.session.rollback()  # after an error: an aborted transaction takes no unlock
        db.session.execute(db.select(db.func.pg_advisory_unlock(*lock)))
