"""DATABASE_URL: what cannot be read, or would be read as something else, is told without itself."""

import os
import subprocess
import sys

import pytest

from shared_db.database_url import require_readable
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from shared_db.server import connect

SECRET = "hidden"  # noqa: S105
UNREADABLE = [
    "garbage",
    f"mysql://u:{SECRET}@127.0.0.1/x",
    f"host=127.0.0.1 password={SECRET}",
    f"postgresql://u:{SECRET}@[::1/x",
    f"postgresql://u:{SECRET}%@127.0.0.1/x",
    f"postgresql://u:p@{SECRET}@127.0.0.1/x",
    f"postgresql://u:1/{SECRET}@127.0.0.1/x",
    f"postgresql://u:{SECRET}/p@127.0.0.1/x",
    f"postgresql://u:p@127.0.0.1:{SECRET}/x",
    f"postgresql://u:p@127.0.0.1:70000/{SECRET}",
    f"postgresql://u:p@127.0.0.1/x?{SECRET}=1",
]


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_cannot_be_read(url: str) -> None:
    with pytest.raises(LabError, match=r"^DATABASE_URL is no PostgreSQL URL: ") as refused:
        connect(url)
    assert SECRET not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_variable_that_names_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_URL", "garbage")
    with pytest.raises(LabError, match=r"^ADMIN_URL is no PostgreSQL URL"):
        connect("garbage")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///",
        "postgresql://127.0.0.1/x",
        "postgres://u:p%40%2F%25@127.0.0.1:5432/x?options=-c%20jit%3Doff",
        "postgresql://u:p#w?d@[::1]:5432/x",
        "postgresql://u@/x?host=/run/postgresql",
    ],
)
def test_what_can(url: str) -> None:
    require_readable(url)


@pytest.mark.parametrize("url", UNREADABLE[:4])
@pytest.mark.parametrize("module", ["django_app", "shared_db"])
def test_a_command_of_an_application_says_it_too(module: str, url: str) -> None:
    values = {"DATABASE_URL": url, "ADMIN_URL": url, "SECRET_KEY": "x"}
    done = subprocess.run(
        [sys.executable, "-m", module, "check"],
        env=os.environ | values,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert SECRET not in done.stderr
