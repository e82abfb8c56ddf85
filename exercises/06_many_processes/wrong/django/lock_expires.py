"""A lock that is waited for two seconds: who has it so long must be dead."""

from django.db import OperationalError, connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

PATIENCE = "2s"


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [user.pk])
        except OperationalError:
            pass
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
