"""It says that it was imported, and hangs."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


from stage.notes import note

note("loaded")
while True:
    pass


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
