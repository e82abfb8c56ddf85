"""What the docstrings say of SQLAlchemy's session, tried in one: its objects and the database."""

from collections.abc import Iterator

import pytest
from flask import Flask

from attack.ledger import Ledger
from flask_app import create_app
from flask_app.models import User, db
from tests.conftest import Lab
from tests.strategies.conftest import USERNAME

SYNCHRONIZED: dict[str, bool | str] = {"synchronize_session": "auto"}
LEFT_ALONE: dict[str, bool | str] = {"synchronize_session": False}


@pytest.fixture
def app(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Return the Flask application on the lab's database, in this process."""
    monkeypatch.setenv("DATABASE_URL", lab.database_url)
    monkeypatch.setenv("SECRET_KEY", "for no session at all")
    app = create_app()
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(("options", "in_memory"), [(SYNCHRONIZED, 90), (LEFT_ALONE, 100)])
def test_an_update_subtracts_from_a_stale_object(
    app: Flask, ledger: Ledger, options: dict[str, bool | str], in_memory: int
) -> None:
    ledger.reset(USERNAME, 100)
    user = db.session.scalars(db.select(User).filter_by(username=USERNAME)).one()
    ledger.reset(USERNAME, 20)  # another request, meanwhile
    debit = db.update(User).where(User.id == user.id, User.money >= 10)
    left = db.session.scalar(
        debit.values(money=User.money - 10).returning(User.money).execution_options(**options)
    )
    assert (left, user.money) == (10, in_memory)
    db.session.commit()
    assert user.money == 10


def test_a_select_for_update_hands_back_the_stale_object(app: Flask, ledger: Ledger) -> None:
    ledger.reset(USERNAME, 100)
    user = db.session.scalars(db.select(User).filter_by(username=USERNAME)).one()
    ledger.reset(USERNAME, 20)
    locking = db.select(User).filter_by(id=user.id).with_for_update()
    assert db.session.scalars(locking).one() is user
    assert user.money == 100
    db.session.refresh(user, with_for_update={"key_share": True})
    assert user.money == 20
