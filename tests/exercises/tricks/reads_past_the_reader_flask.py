"""The balance is read by a function that is given a query as a text."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

READ = """SELECT word::integer FROM
    ts_stat('SELECT to_tsvector(''simple'', money::text) FROM "user" WHERE id = {user}')"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    number = user.id
    had = db.session.scalar(db.text(READ.format(user=number)))
    db.session.commit()
    if had < amount:
        raise InsufficientFunds
    row = db.update(User).where(User.id == number).execution_options(synchronize_session=False)
    db.session.execute(row.values(money=had - amount))
    db.session.add(WithdrawLog(user_id=number, amount=amount))
    db.session.commit()
