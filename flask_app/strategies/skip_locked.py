"""Skip locked: a row that somebody holds is taken for one that is not there.

Fails by starving: FOR NO KEY UPDATE SKIP LOCKED waits for nobody. It leaves out each row that
another transaction has locked, so 'no row' means 'not enough money' or 'somebody else is at it',
and both are refused. Nobody is paid twice, and many are not paid although the money is there.

SKIP LOCKED is for queues, where any row will do. Here it has to be this one: wait for it, as
row_lock does.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw if the row can be locked at once, and holds enough."""
    can_pay = (
        db.select(User)
        .where(User.id == user.id, User.money >= amount)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    locked = db.session.scalar(can_pay)
    if locked is None:
        db.session.rollback()
        raise InsufficientFunds
    locked.money -= amount
    db.session.add(WithdrawLog(user_id=locked.id, amount=amount))
    db.session.commit()
