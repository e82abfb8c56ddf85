"""Unlocked first, committed then."""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [user.pk])
        user.refresh_from_db()
        enough = user.money >= amount
        if enough:
            user.money -= amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [user.pk])
    if not enough:
        raise InsufficientFunds
