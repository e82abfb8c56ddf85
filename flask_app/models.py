"""The two tables of shared_db/schema.sql, mapped; SQLAlchemy creates neither."""

import hashlib
import hmac
from datetime import datetime

from flask import current_app
from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared_db.payer import paying_strategy


class Base(DeclarativeBase):
    """The declarative base of the application's models."""


db = SQLAlchemy(model_class=Base)


class User(db.Model, UserMixin):  # type: ignore[name-defined]
    """An account that can log in and holds money."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("money >= 0 OR NOT forbid_overdraft", name="user_no_overdraft"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(String(256), unique=True)
    email: Mapped[str] = mapped_column(String(256), unique=True)
    password: Mapped[str] = mapped_column(String(128))
    money: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    is_admin: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    version: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    forbid_overdraft: Mapped[bool] = mapped_column(server_default=text("false"), default=False)

    # passive_deletes: the foreign key itself refuses to delete a user who has history.
    withdrawals: Mapped[list["WithdrawLog"]] = relationship(
        back_populates="user", passive_deletes="all"
    )

    def __str__(self) -> str:
        return self.username

    def get_id(self) -> str:
        """Return what a session keeps: the id, and a digest of the password's hash.

        A new password so ends every other session, as Django's session hash does.
        """
        key = str(current_app.secret_key).encode()
        digest = hmac.new(key, self.password.encode(), hashlib.sha256).hexdigest()
        return f"{self.id}.{digest}"

    def derived_balance(self) -> int:
        """Return the opening credit (money) less every withdrawal in the log."""
        spent = db.session.scalar(
            db.select(func.coalesce(func.sum(WithdrawLog.amount), 0)).where(
                WithdrawLog.user_id == self.id
            )
        )
        return self.money - (spent or 0)


class WithdrawLog(db.Model):  # type: ignore[name-defined]
    """One withdrawal that was paid out."""

    __tablename__ = "withdraw_logs"
    __table_args__ = (
        CheckConstraint("amount > 0", name="withdraw_logs_amount_positive"),
        UniqueConstraint("user_id", "idempotency_key", name="withdraw_logs_one_intent"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    amount: Mapped[int]
    created_time: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    idempotency_key: Mapped[str | None] = mapped_column(String(64))
    strategy: Mapped[str | None] = mapped_column(String(64), default=paying_strategy)
    stack: Mapped[str | None] = mapped_column(String(16), default="flask")

    user: Mapped[User] = relationship(back_populates="withdrawals")
