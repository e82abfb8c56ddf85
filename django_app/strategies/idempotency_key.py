"""Idempotency key: one intent is paid once, however often its form is sent.

Holds by key: the log row is written first, under the key that the form carries, and the unique
constraint lets one request of an intent do so; the others wait for it and then find what it did.
Two intents have two keys, so the debit needs its own guard, in the same transaction: a refusal
takes the log row back and leaves no trace.

get_or_create() looks first, and catches the IntegrityError in a savepoint. Django has ON CONFLICT
in bulk_create(ignore_conflicts=True), which does not tell whether the row is new; SQLAlchemy has
it with RETURNING, which does.
"""

from django.db import transaction
from django.db.models import F

from django_app.models import User, WithdrawLog
from shared_db.rules import InsufficientFunds, KeyReused


def withdraw(user: User, amount: int, *, key: str) -> None:
    """Withdraw once for each key."""
    with transaction.atomic():
        first, is_new = WithdrawLog.objects.get_or_create(
            user=user, idempotency_key=key, defaults={"amount": amount}
        )
        if not is_new:
            if first.amount != amount:
                raise KeyReused
            return
        debit = User.objects.filter(pk=user.pk, money__gte=amount)
        if debit.update(money=F("money") - amount) == 0:
            raise InsufficientFunds
