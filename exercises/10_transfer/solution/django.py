"""Lock both rows in one order, whoever is the sender."""

from django.db import transaction

from django_app.models import User
from shared_db.rules import InsufficientFunds
from stage.tables_django import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).order_by("pk")
        accounts = {each.pk: each for each in locked.filter(pk__in=[user.pk, receiver])}
        user, other = accounts[user.pk], accounts[receiver]
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        other.money += amount
        other.save(update_fields=["money"])
        Transfer.objects.create(sender=user, receiver=other, amount=amount)
