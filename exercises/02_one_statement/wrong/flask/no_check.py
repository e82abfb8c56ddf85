"""The subtraction in SQL, and no condition."""

from flask_app.models import User, WithdrawLog, db


def withdraw(user: User, amount: int, *, key: str) -> None:
    debit = db.update(User).where(User.id == user.id).values(money=User.money - amount)
    db.session.execute(debit, execution_options={"synchronize_session": False})
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
