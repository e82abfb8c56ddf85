"""Row lock: read the balance again under a lock (pessimistic locking).

Holds by waiting: SELECT ... FOR NO KEY UPDATE waits for whoever holds the row and then reads what
they committed; the lock ends with the transaction. Every writer that matters has to take it.

FOR UPDATE would hold as well, and waits for more: it says that the row's key may change, so it and
an insert of a row that refers to this one wait for each other. Two requests that insert into the
log first and lock the user FOR UPDATE then each wait for the other's insert, and PostgreSQL aborts
one (deadlock, 40P01). FOR NO KEY UPDATE, which UPDATE takes too, lets such inserts pass.

refresh_from_db() takes the locking queryset, and no_key=True asks for NO KEY. SQLAlchemy's
refresh() has key_share=True for it; there a plain select would lock the row and hand back the
stale object of the identity map.
"""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding the row's lock."""
    with transaction.atomic():
        user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
