"""One lock for all transfers."""

from django.db import connection, transaction

from django_app.models import User
from shared_db.rules import InsufficientFunds
from stage.tables_django import Transfer


def transfer(user: User, receiver: int, amount: int) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(10)")
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
