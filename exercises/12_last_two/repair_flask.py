"""Go home, as long as somebody stays."""

from flask_app.models import User, db
from stage.refusals import Refused
from stage.tables_flask import Duty


def resign(user: User) -> None:
    own = db.session.get_one(Duty, user.id)
    staying = db.select(db.func.count()).where(Duty.team == own.team, Duty.on_duty)
    if not own.on_duty or db.session.scalar(staying) < 2:
        db.session.rollback()
        raise Refused
    own.on_duty = False
    db.session.commit()
