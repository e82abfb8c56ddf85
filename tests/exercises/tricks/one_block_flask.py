"""Check and write in one block of the server's language, committed by itself: nobody is held within."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds

BLOCK = """
DO $$
DECLARE
    had integer;
BEGIN
    SELECT money INTO had FROM "user" WHERE id = {user};
    IF had < {amount} THEN
        RAISE EXCEPTION 'not enough';
    END IF;
    UPDATE "user" SET money = had - {amount} WHERE id = {user};
    INSERT INTO withdraw_logs (user_id, amount) VALUES ({user}, {amount});
END $$
"""


def withdraw(user: User, amount: int, *, key: str) -> None:
    number = user.id
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.exec_driver_sql(BLOCK.format(user=number, amount=amount))
        except Exception as error:
            if "not enough" not in str(error):
                raise
            raise InsufficientFunds from None
