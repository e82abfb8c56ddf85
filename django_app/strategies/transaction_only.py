"""Transaction only: the same, all or nothing.

Fails: a transaction makes the debit and the log row one, it does not make the requests take
turns. At READ COMMITTED, PostgreSQL's default, both read the old balance and both commit.

SQLAlchemy's session is a transaction already, so only the rollback is new here and the SQL is
nearly that of no_lock; in Django it is atomic() that puts the two statements into one.
"""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw within a transaction at READ COMMITTED."""
    with transaction.atomic():
        if user.money < amount:
            raise InsufficientFunds
        user.money -= amount
        user.save()
        WithdrawLog.objects.create(user=user, amount=amount)
