"""Makes a function of its own in the database."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.execute(
        db.text(
            "CREATE OR REPLACE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT clock_timestamp() $$"
        )
    )
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
