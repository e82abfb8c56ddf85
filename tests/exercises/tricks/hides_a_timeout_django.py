"""A wait that ends after two seconds, by a timeout whose name is put together."""

from django.db import OperationalError, connection, transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('lock_' || 'timeout', '2s', true)")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [user.pk])
        except OperationalError:
            pass
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
