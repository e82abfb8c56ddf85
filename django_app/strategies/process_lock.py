"""Process lock: a threading.Lock for each user.

Fails with two workers, holds with one: everything is right, the balance is read again inside the
lock and the commit comes before its release, but each worker process has a lock of its own.
Tests and the development server run one process, and there it passes.

The commit is part of what the lock has to cover: in SQLAlchemy an explicit line, in Django the
end of atomic(), which therefore stands inside the lock. One setting undoes that: ATOMIC_REQUESTS
wraps the whole request in a transaction, atomic() within it is a savepoint, and the commit comes
after the release. Then one worker pays twice too; transaction.non_atomic_requests on the view
repairs it.
"""

from threading import Lock

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds

_locks: dict[int, Lock] = {}


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw while holding this process's lock of the user."""
    with _locks.setdefault(user.pk, Lock()), transaction.atomic():
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save(update_fields=["money"])
        WithdrawLog.objects.create(user=user, amount=amount)
