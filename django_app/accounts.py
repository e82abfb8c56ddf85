"""An account as it was at the start."""

from django.db import connection, transaction

from django_app.models import User
from shared_db import locks
from shared_db.accounts import STARTING_MONEY, started_as
from shared_db.rules import AttackUnderWay

_IS_FREE = (
    f"SELECT pg_try_advisory_xact_lock_shared({locks.ATTACK})"
    f" AND pg_try_advisory_xact_lock_shared({locks.ATTACKED}, %s)"
)


@transaction.atomic
def begin_anew(user: User) -> None:
    """Give the account the money that accounts start with, and empty its log.

    An account that the lab started with has its setting of that time again.

    Raises:
        AttackUnderWay: the harness is at work; nothing was changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_FREE, [user.pk])
        if cursor.fetchone() != (True,):
            raise AttackUnderWay
    at_start = started_as(user.username) or user
    User.objects.filter(pk=user.pk).update(
        money=STARTING_MONEY, version=0, forbid_overdraft=at_start.forbid_overdraft
    )
    user.withdrawals.all().delete()
