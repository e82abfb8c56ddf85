"""One statement ledger: sum, check and insert in a single statement.

Fails: one statement is not one at a time. Each sees what was committed when it began, so two that
run side by side both miss the other's row, both find enough and both insert. An UPDATE would meet
the other at the row that both write; two inserts meet nowhere (write skew).

Lock the user's row by a statement of its own before this one, at READ COMMITTED, or let
SERIALIZABLE abort one of them, as serializable_ledger does. SQLAlchemy writes INSERT ... SELECT by
from_select(); Django's ORM has no word for it.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by one INSERT that carries its own condition."""
    spent = db.select(db.func.coalesce(db.func.sum(WithdrawLog.amount), 0)).where(
        WithdrawLog.user_id == user.id
    )
    can_pay = db.select(User.id, db.literal(amount)).where(
        User.id == user.id, User.money - spent.scalar_subquery() >= amount
    )
    payout = db.insert(WithdrawLog).from_select(["user_id", "amount"], can_pay)
    if db.session.scalar(payout.returning(WithdrawLog.id)) is None:
        db.session.rollback()
        raise InsufficientFunds
    db.session.commit()
