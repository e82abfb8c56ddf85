"""Lock all rows that the decision looks at, in one order."""

from django.db import transaction

from django_app.models import User
from stage.refusals import Refused
from stage.tables_django import Duty


def resign(user: User) -> None:
    with transaction.atomic():
        team = Duty.objects.get(pk=user.pk).team
        on_duty = Duty.objects.filter(team=team, on_duty=True).order_by("pk")
        staying = {each.pk: each for each in on_duty.select_for_update(no_key=True)}
        if user.pk not in staying or len(staying) < 2:
            raise Refused
        staying[user.pk].on_duty = False
        staying[user.pk].save(update_fields=["on_duty"])
