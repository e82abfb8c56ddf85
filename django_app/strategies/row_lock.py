"""Row lock: read the balance again under a lock (pessimistic locking).

Holds by waiting: SELECT ... FOR UPDATE waits for whoever holds the row and then reads what he
committed; the lock ends with the transaction. Every writer that matters has to take it.

refresh() re-reads into the object that the login loaded; in SQLAlchemy a plain select would lock
the row and hand back the stale object of the identity map. Django's refresh_from_db() takes the
locking queryset.
"""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding the row's lock."""
    with transaction.atomic():
        user.refresh_from_db(from_queryset=User.objects.select_for_update())
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
