"""The answer first, the payment afterwards."""

from contextlib import suppress

from flask_app.models import User, WithdrawLog, db
from shared_db.rules import InsufficientFunds


def withdraw(user: User, amount: int, *, key: str) -> None:
    number = user.id
    from flask import after_this_request, current_app

    app = current_app._get_current_object()

    def later():
        with app.app_context():
            user = db.session.get(User, number)
            with suppress(InsufficientFunds):
                db.session.refresh(user, with_for_update={"key_share": True})
                if user.money < amount:
                    db.session.rollback()
                    raise InsufficientFunds
                user.money -= amount
                db.session.add(WithdrawLog(user_id=user.id, amount=amount))
                db.session.commit()

    @after_this_request
    def after(response):
        response.call_on_close(later)
        return response
