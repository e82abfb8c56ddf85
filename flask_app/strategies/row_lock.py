"""Row lock: read the balance again under a lock (pessimistic locking).

Holds by waiting: SELECT ... FOR NO KEY UPDATE waits for whoever holds the row and then reads what
they committed; the lock ends with the transaction. Every writer that matters has to take it.

FOR UPDATE would hold as well, and waits for more: it says that the row's key may change, so it and
an insert of a row that refers to this one wait for each other. Two requests that insert into the
log first and lock the user FOR UPDATE then each wait for the other's insert, and PostgreSQL aborts
one (deadlock, 40P01). FOR NO KEY UPDATE, which UPDATE takes too, lets such inserts pass.

refresh() re-reads into the object that the login loaded, and key_share=True asks for NO KEY. A
plain select would lock the row and hand back the stale object of the identity map. Django's
refresh_from_db() takes the locking queryset; there the word is no_key=True.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding the row's lock."""
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
