"""Serializable ledger: no balance is stored; it is the opening credit less the log's rows.

Holds by abort and retry: a withdrawal inserts one row and updates none, so no lock and no version
would stop another. SERIALIZABLE remembers that the sum was read, and aborts the transaction whose
sum missed a row that another inserted (SQLSTATE 40001). SSI remembers pages or whole tables where
rows are few: users with accounts of their own abort each other too.

The sum is derived_balance() of the model, an aggregate in both ORMs. The level is set as in
repeatable_read.
"""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import InsufficientFunds


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by adding a row to the log, at SERIALIZABLE."""
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
    if user.derived_balance() < amount:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
