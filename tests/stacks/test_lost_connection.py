"""A connection that the server closes once the answer is made: the answer is sent all the same."""

import os
import subprocess
import sys

from shared_db.paths import CHECKOUT
from tests.conftest import Lab

PROGRAM = """
import os
import psycopg
from flask_app import create_app
from flask_app.models import db
from sqlalchemy import text

app = create_app()
ASK = "SELECT pg_backend_pid()"
ENDED = "SELECT pg_terminate_backend(%s, 10000)"

@app.get("/lost")
def lost():
    pid = db.session.execute(text(ASK)).scalar_one()
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        assert other.execute(ENDED, [pid]).fetchone() == (True,)
    return "whole"

@app.get("/kept")
def kept():
    return str(db.session.execute(text(ASK)).scalar_one() > 0)

client = app.test_client()
print(*(client.get(path).text for path in ("/lost", "/kept", "/lost", "/kept")))
"""


def test_flask_sends_the_answer_and_has_a_connection_for_the_next_request(lab: Lab) -> None:
    values = {"DATABASE_URL": lab.database_url, "SECRET_KEY": "x", "POOL_SIZE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=CHECKOUT,
        env=os.environ | values,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("whole True whole True\n", 0), done.stderr
