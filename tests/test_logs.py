"""No log shows a row of a table: neither that of a stack, nor that of the lab's PostgreSQL."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from attack.stacks import state
from shared_db.logs import Formatter
from shared_db.paths import CHECKOUT
from tests.conftest import STACKS, Lab

BREAK = """UPDATE "user" SET money = -1, forbid_overdraft = true WHERE username = 'alice'"""
HASH = "argon2id"
# A view that fails so would leave its traceback in the same way.
FAIL = {
    "flask": f"""
from flask_app import create_app
from flask_app.models import db
app = create_app()
with app.app_context():
    try:
        db.session.execute(db.text({BREAK!r}))
    except Exception:
        app.logger.exception("failed")
""",
    "django": f"""
import django
django.setup()
import logging
from django.db import connection
try:
    connection.cursor().execute({BREAK!r})
except Exception:
    logging.getLogger("django.request").exception("failed")
""",
}


@pytest.mark.parametrize("stack", STACKS)
def test_a_traceback_shows_no_row(lab: Lab, stack: str) -> None:
    values = {
        "DJANGO_SETTINGS_MODULE": "django_app.settings",
        "DATABASE_URL": lab.database_url,
        "SECRET_KEY": "x",
    }
    done = subprocess.run(
        [sys.executable, "-c", FAIL[stack]],
        env=os.environ | values,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.count("failed\nTraceback") == 1, done.stderr
    assert "user_no_overdraft" in done.stderr
    assert "DETAIL: left out" in done.stderr
    assert "Failing row" not in done.stderr
    assert HASH not in done.stderr


def test_what_follows_the_row_is_logged() -> None:
    rows = "Failing row contains (1, hidden\n\nhidden, 5)."
    words = f"refused\nDETAIL:  {rows}\nCONTEXT:  here\n[SQL: UPDATE]"
    record = logging.makeLogRecord({"msg": words})
    told = "refused\nDETAIL: left out\nCONTEXT:  here\n[SQL: UPDATE]"
    assert Formatter().format(record) == told
    try:
        try:
            raise ValueError(f"refused\nDETAIL:  {rows}")
        except ValueError as error:
            raise KeyError from error
    except KeyError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    text = Formatter().format(record)
    assert "hidden" not in text
    assert "\n\nThe above exception was the direct cause of" in text
    assert text.endswith("\nKeyError")


def test_the_log_of_postgresql_shows_no_row_and_no_statement(lab: Lab) -> None:
    known = state.running()
    assert known
    log = Path(known.log_of(None))
    before = len(log.read_bytes())
    with (
        psycopg.connect(lab.database_url) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match=HASH),
    ):
        connection.execute(f"{BREAK} -- said-by-a-test")
    said = log.read_bytes()[before:].decode()
    assert "user_no_overdraft" in said
    assert HASH not in said
    assert "said-by-a-test" not in said
