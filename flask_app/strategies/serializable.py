"""Serializable: let the database abort what could not have happened one after the other.

Holds by abort and retry: at SERIALIZABLE PostgreSQL also watches what was read (SSI), and aborts
one of the transactions whose reads and writes fit into no serial order (SQLSTATE 40001). For one
row it does what REPEATABLE READ does; where the two part, serializable_ledger shows.

The level is set as in repeatable_read: the login's transaction is ended first, in Django it is
SET TRANSACTION within atomic(). The error may come as late as the commit, so that is retried too.
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw in a transaction at SERIALIZABLE."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
