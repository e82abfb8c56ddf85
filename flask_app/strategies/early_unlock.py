"""Early unlock: the lock is given back while the transaction is still open.

Fails: a session-level advisory lock knows nothing of transactions. It is released at the end of
the with block, and the commit comes after; whoever waited for the lock reads in between, and sees
the old balance. advisory_lock asks for the lock that ends with the transaction.

SQLAlchemy writes at the commit, so here even the UPDATE comes after the unlock; Django sends it
within the lock and commits at the end of atomic(), and the other order of its two contexts would
hold.
"""

from flask_app.locks import session_lock
from flask_app.models import User, WithdrawLog, db
from shared_db.locks import ACCOUNT
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw with a lock around the check, and the commit after it."""
    with session_lock(ACCOUNT, user.id):
        db.session.refresh(user)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
