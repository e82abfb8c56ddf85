"""Lock one's own row, then those of the others."""

from django.db import transaction

from django_app.models import User
from stage.refusals import Refused
from stage.tables_django import Duty


def resign(user: User) -> None:
    with transaction.atomic():
        locked = Duty.objects.select_for_update()
        own = locked.get(pk=user.pk)
        others = locked.filter(team=own.team, on_duty=True).exclude(pk=user.pk)
        if not own.on_duty or not list(others.order_by("pk")):
            raise Refused
        own.on_duty = False
        own.save(update_fields=["on_duty"])
