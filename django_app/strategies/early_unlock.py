"""Early unlock: the lock is given back while the transaction is still open.

Fails: a session-level advisory lock knows nothing of transactions. It is released at the end of
the with block, and the commit comes after; whoever waited for the lock reads in between, and sees
the old balance. advisory_lock asks for the lock that ends with the transaction.

What is entered last is left first: here the unlock, then atomic() commits, and the other order of
the two would hold. SQLAlchemy writes at the commit, so there even the UPDATE comes after the
unlock.
"""

from django.db import transaction

from django_app.locks import session_lock
from django_app.models import User, WithdrawLog
from shared_db.locks import ACCOUNT
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw with a lock around the check, and the commit after it."""
    with transaction.atomic(), session_lock(ACCOUNT, user.pk):
        user.refresh_from_db()
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
