"""Other page: a perfect row lock, and a page beside it that does not know of the lock.

The stacks differ. withdraw() is row_lock's. But whoever changes their e-mail address at the same
time has an object that was read before the withdrawal, and saves that.

Django's save() writes every column, money too, as it was when the page's request began: withdrawals
made since are undone, and paid out again. save(update_fields=["email"]) repairs it. SQLAlchemy
writes what was changed, the address alone, so there the money stays as it is. A lock protects from
those who take it; a full save takes none, and there is one behind every form of the admin.
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


def change_email(user: User, email: str) -> None:
    """Change the address, as the page at /email does."""
    user.email = email
    user.save()
