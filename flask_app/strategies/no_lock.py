"""No lock: check the balance, then act on it.

Fails: two requests that both read 10 both pay 10. The balance was read by the login, long before
the check, and nothing keeps others from changing the row in between.

SQLAlchemy's session opened a transaction when the login read the user and writes the changed
column alone; Django commits each statement by itself and save() rewrites every column. So a Django
worker that dies, or fails, between the two leaves the debit without its log row.
"""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by checking first and acting later."""
    if user.money < amount:
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
