"""An account as it was at the start."""

from flask_app.models import User, WithdrawLog, db
from shared_db import locks
from shared_db.accounts import STARTING_MONEY, started_as
from shared_db.rules import AttackUnderWay

_IS_FREE = db.text(
    f"SELECT pg_try_advisory_xact_lock_shared({locks.ATTACK})"
    f" AND pg_try_advisory_xact_lock_shared({locks.ATTACKED}, :id)"
)


def begin_anew(user: User) -> None:
    """Give the account the money that accounts start with, and empty its log.

    An account that the lab started with has its setting of that time again.

    Raises:
        AttackUnderWay: the harness is at work; nothing was changed.
    """
    if not db.session.scalar(_IS_FREE, {"id": user.id}):
        db.session.rollback()
        raise AttackUnderWay
    at_start = started_as(user.username) or user
    db.session.execute(
        db.update(User)
        .where(User.id == user.id)
        .values(money=STARTING_MONEY, version=0, forbid_overdraft=at_start.forbid_overdraft)
    )
    db.session.execute(db.delete(WithdrawLog).where(WithdrawLog.user_id == user.id))
    db.session.commit()
