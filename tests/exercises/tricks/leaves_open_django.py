"""A second session, left in the middle of a transaction."""

import os

import psycopg

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


_kept: list[psycopg.Connection] = []


def withdraw(user: User, amount: int, *, key: str) -> None:
    _kept.append(psycopg.connect(os.environ["DATABASE_URL"]))
    _kept[-1].execute("SELECT 1 FROM withdraw_logs")
    with transaction.atomic():
        user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
