"""Other page: a perfect row lock, and a page beside it that does not know of the lock.

The stacks differ. withdraw() is row_lock's. But whoever changes their e-mail address at the same
time has an object that was read before the withdrawal, and saves that.

SQLAlchemy writes what was changed, the address alone, so here the money stays as it is. Django's
save() writes every column, money too, as it was when the page's request began: withdrawals made
since are undone, and paid out again. save(update_fields=["email"]) repairs it. A lock protects from
those who take it; a full save takes none, and there is one behind every form of the admin.
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


def change_email(user: User, email: str) -> None:
    """Change the address, as the page at /email does."""
    user.email = email
    db.session.commit()
