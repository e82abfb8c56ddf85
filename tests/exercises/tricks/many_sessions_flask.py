"""Opens sessions without end."""

import os

import psycopg

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    kept = []
    while True:
        kept.append(psycopg.connect(os.environ["DATABASE_URL"]))
