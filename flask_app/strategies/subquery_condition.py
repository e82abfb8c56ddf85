"""Subquery condition: the write carries its condition, one level too deep.

Fails by an overdraft: UPDATE ... WHERE id IN (SELECT id ... WHERE money >= amount) waits for the
row's lock and then looks at its own WHERE again, on the new row. The subquery is not run again: its
answer, from before the wait, still says that there was enough. conditional_update has the condition
where it is looked at again.

Nobody has to write it so: where update() filters over a join, Django puts the whole filter into
such a subquery by itself. SQLAlchemy writes it where it is asked to.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by one UPDATE of the accounts that a query finds."""
    can_pay = db.select(User.id).where(User.id == user.id, User.money >= amount)
    debit = (
        db.update(User)
        .where(User.id.in_(can_pay))
        .values(money=User.money - amount)
        .returning(User.money)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
