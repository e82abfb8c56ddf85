"""A flag in the row: a version below zero means that it is taken."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    row = db.update(User).where(User.id == user.id).values(version=-1 - User.version)
    free = row.where(User.version >= 0).returning(User.id)
    while db.session.scalar(free, execution_options={"synchronize_session": False}) is None:
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
        db.session.execute(row, execution_options={"synchronize_session": False})
        db.session.commit()
