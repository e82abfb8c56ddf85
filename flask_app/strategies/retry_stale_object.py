"""Retry of a stale object: the transaction is tried again, with the object of the last try.

The stacks differ. A rollback undoes what is in the database. In Django the object stays as the
failed try left it, its money already less, and the next try subtracts once more; what the first try
checked was the login's balance at that. repeatable_read reads the object again in each try.

In SQLAlchemy the session knows its objects: a rollback expires them, and the next look at
user.money reads the row, in the new transaction and at its level. So the same lines hold here, and
are those of repeatable_read.
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw at REPEATABLE READ, and never ask for the user again."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
