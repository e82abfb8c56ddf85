"""Lock one's own row, then those of the others."""

from flask_app.models import User, db
from stage.refusals import Refused
from stage.tables_flask import Duty


def resign(user: User) -> None:
    own = db.session.get_one(Duty, user.id, with_for_update=True)
    others = db.select(Duty).where(Duty.team == own.team, Duty.on_duty, Duty.user_id != user.id)
    staying = db.session.scalars(others.order_by(Duty.user_id).with_for_update()).all()
    if not own.on_duty or not staying:
        db.session.rollback()
        raise Refused
    own.on_duty = False
    db.session.commit()
