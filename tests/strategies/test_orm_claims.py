"""What the docstrings say of the ORMs themselves: SQLAlchemy's session, and Django's SQL."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import Flask

from attack.ledger import Ledger
from flask_app import create_app
from flask_app.models import User, db
from tests.conftest import Lab
from tests.strategies.conftest import USERNAME

SYNCHRONIZED: dict[str, bool | str] = {"synchronize_session": "auto"}
# Django's settings are for a whole process, so it has one of its own.
JOINED = """
import django
django.setup()
from django.db import connection
from django_app.models import User

def told(execute, sql, params, many, context):
    print(sql)
    return execute(sql, params, many, context)

with connection.execute_wrapper(told):
    User.objects.filter(pk=0, money__gte=10, withdrawals__amount=1).update(money=0)
"""
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


def test_django_puts_a_filter_over_a_join_into_a_subquery(lab: Lab) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": lab.database_url,
        "DJANGO_SETTINGS_MODULE": "django_app.settings",
        "SECRET_KEY": "for no session at all",
    }
    command = [sys.executable, "-c", JOINED]
    sql = subprocess.check_output(command, env=environment, text=True)
    before, found, inside = sql.partition("IN (SELECT")
    assert found
    assert '"money" >= ' not in before
    assert '"money" >= ' in inside
