"""Lock the sender, then the receiver."""

from django.db import transaction

from django_app.models import User
from shared_db.rules import InsufficientFunds
from stage.tables_django import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True)
        user = locked.get(pk=user.pk)
        other = locked.get(pk=receiver)
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        other.money += amount
        other.save(update_fields=["money"])
        Transfer.objects.create(sender=user, receiver=other, amount=amount)
