"""A new password ends the sessions that the old one began; nothing else does."""

from collections.abc import Iterator

import pytest

from tests.contract.accounts import temporary_name
from tests.contract.admin_pages import AdminPages, saved
from tests.contract.browser import Browser

NAME = temporary_name()


@pytest.fixture
def session(admin: AdminPages, visitor: Browser) -> Iterator[Browser]:
    """Return a browser in which an account of its own is logged in."""
    values = {"username": NAME, "email": f"{NAME}@overdraft.example", "money": "0"}
    assert saved(admin.create(values | {"new_password": "old"}))
    assert visitor.log_in(NAME, "old").status == 302
    assert visitor.get("/").status == 200
    yield visitor
    admin.delete(NAME)
    assert admin.find(NAME) is None


def test_new_password_ends_the_session(session: Browser, admin: AdminPages) -> None:
    assert saved(admin.edit(NAME, {"new_password": "new"}))
    assert session.get("/").location.startswith("/login")
    assert session.log_in(NAME, "new").status == 302
    assert session.get("/").status == 200


def test_same_password_typed_anew_ends_it_too(session: Browser, admin: AdminPages) -> None:
    assert saved(admin.edit(NAME, {"new_password": "old"}))
    assert session.get("/").location.startswith("/login")


def test_logins_at_both_stacks_leave_it(session: Browser, urls: dict[str, str]) -> None:
    """A login that rewrote the hash, as Django's does with one that is not its own, would not."""
    for url in urls.values():
        other = Browser(url)
        assert other.log_in(NAME, "old").status == 302
        other.close()
    assert session.get("/").status == 200


def test_other_changes_leave_the_session(session: Browser, admin: AdminPages) -> None:
    assert saved(admin.edit(NAME, {"money": "7"}))
    assert session.get("/").text("#balance") == "7"
