"""The process ends while the file is imported."""

import sys

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


sys.exit(0)


def withdraw(user: User, amount: int, *, key: str) -> None:
    raise InsufficientFunds
