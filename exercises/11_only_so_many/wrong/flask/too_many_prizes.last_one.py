"""The lottery is locked, but only for the last prize."""

from flask_app.models import User, db
from stage.refusals import Refused
from stage.tables_flask import Coupon, Lottery, Points, Redemption, Win


def redeem(user: User, code: str) -> None:
    known = db.select(Coupon).filter_by(code=code).with_for_update(key_share=True)
    coupon = db.session.scalars(known).one()
    used = db.select(db.func.count()).where(Redemption.coupon_id == coupon.id)
    if db.session.scalar(used):
        db.session.rollback()
        raise Refused
    db.session.add(Redemption(coupon_id=coupon.id, user_id=user.id))
    db.session.commit()


def draw(user: User) -> None:
    lottery = db.session.get_one(Lottery, 1)
    count = db.select(db.func.count()).where(Win.lottery_id == lottery.id)
    won = db.session.scalar(count)
    if won == lottery.prizes - 1:
        db.session.refresh(lottery, with_for_update={"key_share": True})
        won = db.session.scalar(count)
    if won >= lottery.prizes:
        db.session.rollback()
        raise Refused
    db.session.add(Win(lottery_id=lottery.id, user_id=user.id))
    db.session.commit()


def spend(user: User, points: int) -> None:
    db.session.refresh(user, with_for_update={"key_share": True})
    entries = db.select(db.func.coalesce(db.func.sum(Points.change), 0))
    has = db.session.scalar(entries.where(Points.user_id == user.id))
    if has < points:
        db.session.rollback()
        raise Refused
    db.session.add(Points(user_id=user.id, change=-points))
    db.session.commit()
