"""The condition on Python's number, the subtraction in SQL."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    if user.money < amount:
        raise InsufficientFunds
    debit = db.update(User).where(User.id == user.id).values(money=User.money - amount)
    db.session.execute(debit, execution_options={"synchronize_session": False})
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
