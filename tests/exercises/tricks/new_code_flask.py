"""It replaces the code of a function that runs."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    code = withdraw.__code__
    withdraw.__code__ = code.replace(co_name="solved")
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
