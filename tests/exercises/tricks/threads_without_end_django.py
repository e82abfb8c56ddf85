"""Starts threads without end."""

import _thread
import time

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    while True:
        _thread.start_new_thread(time.sleep, (3600,))
