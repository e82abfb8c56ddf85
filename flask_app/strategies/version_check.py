"""Version check: write only if the row is still the one that was read (optimistic locking).

Holds by retry: the UPDATE finds no row once another withdrawal has bumped the version, and the
whole is tried again from a fresh read. It protects only against writers that bump the version
too: money set in the admin goes unseen.

SQLAlchemy can do this for every object that it writes (version_id_col): then none of the traps here
that assign to user.money would lose an update, but fail with StaleDataError. Django has nothing of
the kind. In both, this is an UPDATE with a condition, and the question whether it met a row.
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw if the row still has the version that was read."""
    db.session.refresh(user)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    debit = (
        db.update(User)
        .where(User.id == user.id, User.version == user.version)
        .values(money=user.money - amount, version=user.version + 1)
        .returning(User.version)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise Conflict
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
