"""Send the query, and let what it brings decide."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    query = db.select(User).filter_by(id=user.id).with_for_update()
    user = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
