"""Opens sessions without end."""

import os

import psycopg

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    kept = []
    while True:
        kept.append(psycopg.connect(os.environ["DATABASE_URL"]))
