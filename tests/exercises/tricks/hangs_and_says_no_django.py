"""It says that it was imported, and hangs."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


from stage.notes import note

note("loaded")
while True:
    pass


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
