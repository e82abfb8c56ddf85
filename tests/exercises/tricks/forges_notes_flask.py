"""Notes of a start that went well, again and again."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


from stage.notes import note


def withdraw(user: User, amount: int, *, key: str) -> None:
    for _ in range(300):
        note("loaded")
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
