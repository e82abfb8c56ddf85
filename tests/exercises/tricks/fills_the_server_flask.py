"""Has the database sort more than its disk holds."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.execute(
        db.text(
            "SELECT sum(n) FROM (SELECT n FROM generate_series(1, 1000000000000) AS n ORDER BY random()) AS sorted"
        )
    )
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
