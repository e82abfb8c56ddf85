"""Subquery condition: the write carries its condition, one level too deep.

Fails by an overdraft: UPDATE ... WHERE id IN (SELECT id ... WHERE money >= amount) waits for the
row's lock and then looks at its own WHERE again, on the new row. The subquery is not run again: its
answer, from before the wait, still says that there was enough. conditional_update has the condition
where it is looked at again.

Nobody has to write it so: where update() filters over a join, Django puts the whole filter into
such a subquery by itself. SQLAlchemy writes it where it is asked to.
"""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw by one UPDATE of the accounts that a query finds."""
    with transaction.atomic():
        can_pay = User.objects.filter(pk=user.pk, money__gte=amount)
        debit = User.objects.filter(pk__in=can_pay)
        if debit.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
        WithdrawLog.objects.create(user=user, amount=amount)
