"""Go home, as long as somebody stays."""

from django.db import transaction

from django_app.models import User
from stage.refusals import Refused
from stage.tables_django import Duty


def resign(user: User) -> None:
    with transaction.atomic():
        own = Duty.objects.get(pk=user.pk)
        staying = Duty.objects.filter(team=own.team, on_duty=True).count()
        if not own.on_duty or staying < 2:
            raise Refused
        own.on_duty = False
        own.save(update_fields=["on_duty"])
