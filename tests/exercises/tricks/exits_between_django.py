"""Ends the process between the debit and the log."""

import os

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    user.money -= amount
    user.save()
    os._exit(0)
