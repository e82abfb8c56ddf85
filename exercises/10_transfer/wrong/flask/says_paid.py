"""Lock in the order of the arguments; a deadlock is caught, and nobody is told."""

from sqlalchemy.exc import OperationalError

from flask_app.models import User, db
from shared_db.rules import InsufficientFunds
from stage.tables_flask import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    try:
        db.session.refresh(user, with_for_update={"key_share": True})
        other = db.session.get_one(User, receiver, with_for_update={"key_share": True})
        if user.money < amount:
            db.session.rollback()
            raise InsufficientFunds
        user.money -= amount
        other.money += amount
        db.session.add(Transfer(sender_id=user.id, receiver_id=receiver, amount=amount))
        db.session.commit()
    except OperationalError:
        db.session.rollback()
