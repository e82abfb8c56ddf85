"""One lock for all transfers."""

from flask_app.models import User, db
from shared_db.rules import InsufficientFunds
from stage.tables_flask import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    db.session.execute(db.select(db.func.pg_advisory_xact_lock(10)))
    both = db.select(User).where(User.id.in_([user.id, receiver])).order_by(User.id)
    locked = both.with_for_update(key_share=True).execution_options(populate_existing=True)
    accounts = {each.id: each for each in db.session.scalars(locked)}
    user, other = accounts[user.id], accounts[receiver]
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    other.money += amount
    db.session.add(Transfer(sender_id=user.id, receiver_id=receiver, amount=amount))
    db.session.commit()
