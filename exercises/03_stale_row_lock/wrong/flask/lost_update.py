"""The check reads the locked row; the subtraction starts from the balance that was read before."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    before = user.money
    under_lock = (
        db.select(User)
        .filter_by(id=user.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    locked = db.session.scalars(under_lock).one()
    if locked.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    locked.money = before - amount
    db.session.add(WithdrawLog(user_id=locked.id, amount=amount))
    db.session.commit()
