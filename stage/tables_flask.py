"""The tables of single exercises, mapped by SQLAlchemy; stage/tables.sql makes them."""

from sqlalchemy import ForeignKey, Identity, String
from sqlalchemy.orm import Mapped, mapped_column

from flask_app.models import db


class Transfer(db.Model):  # type: ignore[name-defined]
    """Money that went from one account to another."""

    __tablename__ = "transfer"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    amount: Mapped[int]


class Coupon(db.Model):  # type: ignore[name-defined]
    """A code that is good for one redemption."""

    __tablename__ = "coupon"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)


class Redemption(db.Model):  # type: ignore[name-defined]
    """A coupon that somebody has redeemed."""

    __tablename__ = "redemption"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Lottery(db.Model):  # type: ignore[name-defined]
    """The lottery, which has so many prizes; its id is 1."""

    __tablename__ = "lottery"
    id: Mapped[int] = mapped_column(primary_key=True)
    prizes: Mapped[int]


class Win(db.Model):  # type: ignore[name-defined]
    """A prize that somebody has won."""

    __tablename__ = "win"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    lottery_id: Mapped[int] = mapped_column(ForeignKey("lottery.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Points(db.Model):  # type: ignore[name-defined]
    """Points that somebody got, or spent where the change is below zero."""

    __tablename__ = "points"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    change: Mapped[int]


class Duty(db.Model):  # type: ignore[name-defined]
    """Whether somebody is on duty in their team."""

    __tablename__ = "duty"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    team: Mapped[int]
    on_duty: Mapped[bool]
