"""Skip locked: a row that somebody holds is taken for one that is not there.

Fails by starving: FOR NO KEY UPDATE SKIP LOCKED waits for nobody. It leaves out each row that
another transaction has locked, so 'no row' means 'not enough money' or 'somebody else is at it',
and both are refused. Nobody is paid twice, and many are not paid although the money is there.

SKIP LOCKED is for queues, where any row will do. Here it has to be this one: wait for it, as
row_lock does.
"""

from django.db import transaction

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw if the row can be locked at once, and holds enough."""
    with transaction.atomic():
        can_pay = User.objects.filter(pk=user.pk, money__gte=amount)
        locked = can_pay.select_for_update(skip_locked=True, no_key=True).first()
        if locked is None:
            raise InsufficientFunds
        locked.money -= amount
        locked.save(update_fields=["money"])
        WithdrawLog.objects.create(user=locked, amount=amount)
