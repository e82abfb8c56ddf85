"""A lease of half a minute, in the row: nobody looks whose it is."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

LASTS_S = 30


def withdraw(user: User, amount: int, *, key: str) -> None:
    now = db.cast(db.func.extract("epoch", db.func.clock_timestamp()), db.Integer)
    is_free = db.or_(User.version >= 0, -User.version < now - LASTS_S)
    row = db.update(User).where(User.id == user.id).execution_options(synchronize_session=False)
    take = row.where(is_free).values(version=-now).returning(User.id)
    while db.session.scalar(take) is None:
        db.session.rollback()
    db.session.commit()
    try:
        db.session.refresh(user)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    finally:
        db.session.rollback()
        db.session.execute(row.values(version=0))
        db.session.commit()
