"""Nothing is locked; both balances are computed in Python."""

from django.db import transaction

from django_app.models import User
from shared_db.rules import InsufficientFunds
from stage.tables_django import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    with transaction.atomic():
        user.refresh_from_db()
        other = User.objects.get(pk=receiver)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        other.money += amount
        other.save(update_fields=["money"])
        Transfer.objects.create(sender=user, receiver=other, amount=amount)
