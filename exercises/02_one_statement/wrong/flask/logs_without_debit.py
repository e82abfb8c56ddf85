"""The condition in SQL, and nobody asks whether it met the row."""

from flask_app.models import User, WithdrawLog, db


def withdraw(user: User, amount: int, *, key: str) -> None:
    debit = (
        db.update(User)
        .where(User.id == user.id, User.money >= amount)
        .values(money=User.money - amount)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(debit)
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
