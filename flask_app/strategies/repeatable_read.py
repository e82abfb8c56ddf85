"""Repeatable read: let the database abort a write that is based on an old balance.

Holds by abort and retry: at REPEATABLE READ PostgreSQL refuses to update a row that another
transaction has changed since this one's snapshot (SQLSTATE 40001). The transaction is then tried
again from its first statement: trying only the UPDATE again would keep the old balance.

The level has to be set before a transaction's first query. Here the login has made that query
already, so its transaction is ended first; after the rollback user.money is read anew. Django's
login left no transaction open: SET TRANSACTION is the first statement in atomic().
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw in a transaction at REPEATABLE READ."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
