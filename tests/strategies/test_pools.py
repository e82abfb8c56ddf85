"""Neither pool gives a connection up for its age: an exploration that takes hours would see it."""

import os
import subprocess
import sys

import pytest

from shared_db.paths import CHECKOUT
from tests.conftest import Lab

# Asks twice which connection it has, with a day between.
PROGRAM = """
import time

DAY_S, passed, clocks = 86_400.0, [0.0], (time.monotonic, time.time)
time.monotonic, time.time = (lambda clock=clock: clock() + passed[0] for clock in clocks)
ASKED = "SELECT pg_backend_pid()"
{how}
first = asked()
passed[0] = DAY_S
print(first == asked() == asked())
"""
HOW = {
    "flask": """
from flask_app import create_app
from flask_app.models import db
from sqlalchemy import text

app = create_app()

def asked():
    with app.app_context():
        return db.session.execute(text(ASKED)).scalar_one()
""",
    "django": """
import django

django.setup()
from django.db import connection

def asked():
    with connection.cursor() as cursor:
        found = cursor.execute(ASKED).fetchone()
    connection.close()
    return found
""",
}


@pytest.mark.parametrize("stack", HOW)
def test_a_connection_of_yesterday_is_used(lab: Lab, stack: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": lab.database_url,
        "SECRET_KEY": "x",
        "POOL_SIZE": "1",  # else another one may be in its place
        "DJANGO_SETTINGS_MODULE": "django_app.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(how=HOW[stack])],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("True\n", 0), done.stderr
