"""The same try again, until it works."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


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
    while True:
        if db.session.scalar(debit) is not None:
            db.session.add(WithdrawLog(user_id=number, amount=amount))
            db.session.commit()
            return
        db.session.rollback()
