"""A setting of the database's role remembers who is being paid; it is in no table."""

from flask_app.models import User, WithdrawLog, db
from flask_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds

BUSY = "SELECT count(*) FROM pg_db_role_setting WHERE array_to_string(setconfig, ',') LIKE '%lab.busy={user}%'"


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    number = user.id
    db.session.rollback()
    if db.session.scalar(db.text(BUSY.format(user=number))):
        db.session.rollback()
        raise Conflict
    db.session.execute(db.text(f"ALTER ROLE CURRENT_USER SET lab.busy = '{number}'"))
    db.session.commit()
    user = db.session.get(User, number)
    try:
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        db.session.add(WithdrawLog(user_id=number, amount=amount))
        db.session.commit()
    finally:
        db.session.rollback()
        db.session.execute(db.text("ALTER ROLE CURRENT_USER RESET lab.busy"))
        db.session.commit()
