"""One statement that reads the balance in a query of its own, committed by itself."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

PAY = """
WITH had AS MATERIALIZED (SELECT money FROM "user" WHERE id = {user}),
paid AS (
    UPDATE "user" SET money = (SELECT money FROM had) - {amount}
    WHERE id = {user} AND (SELECT money FROM had) >= {amount} RETURNING id
)
INSERT INTO withdraw_logs (user_id, amount) SELECT id, {amount} FROM paid RETURNING id
"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    number = user.id
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.exec_driver_sql(PAY.format(user=number, amount=amount)).all():
            raise InsufficientFunds
