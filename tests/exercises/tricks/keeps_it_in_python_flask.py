"""The balances are kept in a dict of the process."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


_known: dict[int, int] = {}


def withdraw(user: User, amount: int, *, key: str) -> None:
    money = _known.setdefault(user.id, user.money)
    if money != user.money and user.money > money:
        _known[user.id] = user.money
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
