"""A second try, and eighteen more, with the first one's numbers."""

from flask_app.models import User, WithdrawLog, db
from shared_db import backoff
from shared_db.rules import Conflict, InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    money, version = user.money, user.version
    if money < amount:
        db.session.rollback()
        raise InsufficientFunds
    debit = (
        db.update(User)
        .where(User.id == user.id, User.version == version)
        .values(money=money - amount, version=version + 1)
        .returning(User.version)
        .execution_options(synchronize_session=False)
    )
    number = user.id
    for _ in backoff.tries():
        if db.session.scalar(debit) is not None:
            db.session.add(WithdrawLog(user_id=number, amount=amount))
            db.session.commit()
            return
        db.session.rollback()
    raise Conflict
