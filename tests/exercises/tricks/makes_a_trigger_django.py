"""Has a trigger undo what is written."""

from django.db import connection, transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER undo BEFORE UPDATE ON withdraw_logs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
    with transaction.atomic():
        user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
