"""A file that only one of them can make."""

from pathlib import Path

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    file = Path("/tmp") / f"user-{user.id}.lock"
    while True:
        try:
            file.open("x").close()
            break
        except FileExistsError:
            continue
    try:
        db.session.refresh(user)
        if user.money < amount:
            db.session.rollback()
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=user.id, amount=amount))
        db.session.commit()
    finally:
        file.unlink()
