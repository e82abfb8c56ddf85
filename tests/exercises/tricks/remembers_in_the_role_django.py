"""A setting of the database's role remembers who is being paid; it is in no table."""

from django.db import connection, transaction

from django_app.models import User, WithdrawLog
from django_app.retry import retried
from shared_db.rules import Conflict, InsufficientFunds

BUSY = "SELECT count(*) FROM pg_db_role_setting WHERE array_to_string(setconfig, ',') LIKE %s"


@retried
def withdraw(user: User, amount: int, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BUSY, [f"%lab.busy={user.pk}%"])
        if cursor.fetchone()[0]:
            raise Conflict
        cursor.execute(f"ALTER ROLE CURRENT_USER SET lab.busy = '{user.pk}'")
        try:
            with transaction.atomic():
                user.refresh_from_db()
                if user.money < amount:
                    raise InsufficientFunds
                user.money -= amount
                user.save(update_fields=["money"])
                WithdrawLog.objects.create(user=user, amount=amount)
        finally:
            cursor.execute("ALTER ROLE CURRENT_USER RESET lab.busy")
