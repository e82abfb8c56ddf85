"""A password is hashed without a connection of the pool, which others need meanwhile."""

import os
import subprocess
import sys

import pytest

from tests.conftest import Lab

# Logs in within this process, and says how many connections were out of the pool at each hash.
FLASK = """
from flask_app import auth, create_app
from flask_app.models import db

def counted(hashing):
    def hashes(*args):
        print("held", db.engine.pool.checkedout())
        return hashing(*args)
    return hashes

auth.verify_password, auth.hash_password = map(counted, (auth.verify_password, auth.hash_password))
app = create_app({"WTF_CSRF_ENABLED": False})
log_in = lambda name: app.test_client().post("/login", data={"username": name, "password": name})
"""
DJANGO = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"
from django_app.wsgi import application
from django.db import connection
from django.test import Client
from django_app.hashers import Argon2PasswordHasher as Hasher

def counted(hashing):
    def hashes(*args):
        print("held", int(connection.connection is not None))
        return hashing(*args)
    return hashes

Hasher.verify, Hasher.encode = counted(Hasher.verify), counted(Hasher.encode)
client = Client(headers={"host": "localhost"})
log_in = lambda name: client.post("/login", {"username": name, "password": name})
"""
LOGS_IN = """
print(log_in("alice").status_code, log_in("nobody").status_code)
"""


@pytest.mark.parametrize("program", [FLASK, DJANGO], ids=["flask", "django"])
def test_nobody_holds_a_connection_while_they_hash(program: str, lab: Lab) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program + LOGS_IN],
        env={**os.environ, "DATABASE_URL": lab.database_url, "SECRET_KEY": "test"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == ["held 0", "held 0", "302 200"], done.stderr
