"""A file that only one of them can make."""

from pathlib import Path

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    file = Path("/tmp") / f"user-{user.pk}.lock"
    while True:
        try:
            file.open("x").close()
            break
        except FileExistsError:
            continue
    try:
        with transaction.atomic():
            user.refresh_from_db()
            if user.money < amount:
                raise InsufficientFunds
            user.money -= amount
            user.save(update_fields=["money"])
            WithdrawLog.objects.create(user=user, amount=amount)
    finally:
        file.unlink()
