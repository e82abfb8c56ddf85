"""Django's settings: what each request costs in connections."""

import os
import subprocess
import sys

import pytest

from shared_db.paths import CHECKOUT
from tests.conftest import Lab

# Asks for a page, and tells which databases were connected to for it.
REQUEST = """
import sys
import django
django.setup()
from django.db.backends.signals import connection_created
from django.test import Client
opened = set()
def note(connection, **_):
    opened.add(connection.alias)
connection_created.connect(note)
answer = Client(SERVER_NAME="localhost").get(sys.argv[1])
print(answer.status_code, *sorted(opened))
"""


@pytest.mark.parametrize(
    ("atomic", "path", "told"),
    [
        ("0", "/login", "200"),
        # The setting opens a transaction for each page, and on one connection alone.
        ("1", "/login", "200 default"),
        ("0", "/healthz", "200 health"),
        ("1", "/healthz", "200 health"),
    ],
)
def test_a_page_connects_to_what_it_needs(lab: Lab, atomic: str, path: str, told: str) -> None:
    values = {
        "DJANGO_SETTINGS_MODULE": "django_app.settings",
        "DATABASE_URL": lab.database_url,
        "SECRET_KEY": "x",
        "ATOMIC_REQUESTS": atomic,
    }
    done = subprocess.run(
        [sys.executable, "-c", REQUEST, path],
        env=os.environ | values,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == told, done.stderr
