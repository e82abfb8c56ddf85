"""Has a trigger undo what is written."""

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    db.session.execute(
        db.text(
            "CREATE TRIGGER undo BEFORE UPDATE ON withdraw_logs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
    )
    db.session.refresh(user, with_for_update={"key_share": True})
    if user.money < amount:
        db.session.rollback()
        raise InsufficientFunds
    user.money -= amount
    db.session.add(WithdrawLog(user_id=user.id, amount=amount))
    db.session.commit()
