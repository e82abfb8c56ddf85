"""Lock all rows that the decision looks at, in one order."""

from flask_app.models import User, db
from stage.refusals import Refused
from stage.tables_flask import Duty


def resign(user: User) -> None:
    team = db.select(Duty.team).filter_by(user_id=user.id).scalar_subquery()
    on_duty = db.select(Duty).where(Duty.team == team, Duty.on_duty).order_by(Duty.user_id)
    locked = on_duty.with_for_update(key_share=True).execution_options(populate_existing=True)
    staying = {each.user_id: each for each in db.session.scalars(locked)}
    if user.id not in staying or len(staying) < 2:
        db.session.rollback()
        raise Refused
    staying[user.id].on_duty = False
    db.session.commit()
