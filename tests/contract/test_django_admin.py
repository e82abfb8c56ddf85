"""The login that Django's admin brings along: it is the site's."""

import pytest

from tests.contract.admin_pages import AdminPages
from tests.contract.browser import Browser
from tests.contract.conftest import OpenAs


@pytest.fixture
def admin(open_as: OpenAs) -> AdminPages:
    """Return Django's admin, entered by an administrator."""
    return AdminPages("django", open_as("django", "admin"))


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ("", "/admin/"),
        ("?next=/admin/django_app/user/", "/admin/django_app/user/"),
        ("?next=//evil.example/", "/admin/"),
    ],
)
def test_its_login_lets_an_administrator_in(admin: AdminPages, query: str, leads: str) -> None:
    answer = admin.browser.get(f"/admin/login/{query}")
    assert (answer.status, answer.location) == (302, leads)
    assert admin.browser.get(leads).status == 200


def test_its_login_is_the_sites(urls: dict[str, str]) -> None:
    visitor = Browser(urls["django"])
    sent = visitor.get("/admin/login/")
    assert (sent.status, sent.location) == (302, "/login?next=/admin/")
    answer = visitor.fill(sent.location, {"username": "admin", "password": "admin"})
    assert (answer.status, answer.location) == (302, "/admin/")
