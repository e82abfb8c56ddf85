"""Check and write in one statement, and ask whether it met the row."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    debit = (
        db.update(User)
        .where(User.id == user.id, User.money >= amount)
        .values(money=User.money - amount)
        .returning(User.money)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(debit) is None:
        db.session.rollback()
        raise InsufficientFunds
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
