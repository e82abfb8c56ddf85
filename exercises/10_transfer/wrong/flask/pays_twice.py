"""Nothing is locked; both balances are computed in Python."""

from flask_app.models import User, db
from shared_db.rules import InsufficientFunds
from stage.tables_flask import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    db.session.refresh(user)
    other = db.session.get_one(User, receiver)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    other.money += amount
    db.session.add(Transfer(sender_id=user.id, receiver_id=receiver, amount=amount))
    db.session.commit()
