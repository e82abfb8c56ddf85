"""Django's own commands, as an administrator types them."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared_db.paths import CHECKOUT
from tests.conftest import Lab
from tests.contract.accounts import temporary_name
from tests.contract.admin_pages import AdminPages
from tests.contract.browser import Browser

NAME = temporary_name()


@pytest.fixture
def admin(urls: dict[str, str]) -> Iterator[AdminPages]:
    """Return Django's admin, entered by an administrator."""
    browser = Browser(urls["django"])
    assert browser.log_in("admin", "admin").status == 302
    yield AdminPages("django", browser)
    browser.close()


def create(lab: Lab, email: str) -> subprocess.CompletedProcess[str]:
    """Run the command createsuperuser."""
    values = {"DATABASE_URL": lab.database_url, "SECRET_KEY": "x", "DJANGO_SUPERUSER_PASSWORD": "y"}
    command = [
        sys.executable,
        *f"-m django_app createsuperuser --noinput --username {NAME}".split(),
    ]
    return subprocess.run(
        [*command, "--email", email],
        env=os.environ | values,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_createsuperuser(lab: Lab, admin: AdminPages) -> None:
    made = create(lab, f"{NAME}@overdraft.example")
    try:
        assert (made.returncode, made.stderr) == (0, "")
        browser = Browser(admin.browser.base_url)
        assert browser.log_in(NAME, "y").status == 302
        assert browser.get("/admin/").status == 200
    finally:
        admin.delete(NAME)
    assert admin.find(NAME) is None


def test_createsuperuser_refuses_in_one_line(lab: Lab, admin: AdminPages) -> None:
    made = create(lab, "alice@overdraft.example")
    assert made.returncode == 1
    assert len(made.stderr.splitlines()) == 1, made.stderr
    assert admin.find(NAME) is None


def test_a_command_without_a_database_is_refused_in_one_line() -> None:
    bare = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    made = subprocess.run(
        [sys.executable, "-m", "django_app", "check"],
        env=bare,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 2
    assert len(made.stderr.splitlines()) == 1, made.stderr
