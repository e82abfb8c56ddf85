"""Whoever comes second listens until the first one says that it is done, or three seconds."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

BUSY = """SELECT count(*) FROM pg_stat_activity
    WHERE usename = current_user AND pid <> pg_backend_pid() AND state LIKE 'idle in%'"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    number = user.id
    db.session.commit()
    connection = db.session.connection().connection.dbapi_connection
    db.session.execute(db.text("LISTEN done"))
    db.session.commit()
    if db.session.scalar(db.text(BUSY)):
        db.session.commit()
        for _ in connection.notifies(timeout=3, stop_after=1):
            pass
    db.session.commit()
    user = db.session.get(User, number)
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=number, amount=amount))
    db.session.execute(db.text("NOTIFY done"))
    db.session.commit()
