"""Who may enter the admin: administrators, and nobody else at any of its pages."""

from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from shared_db import rules
from tests.contract.admin_pages import ADDRESSES, AdminPages
from tests.contract.browser import Browser
from tests.contract.conftest import LogIn

# Reached by a form and by no link: (stack, path).
FORMS_ONLY = {
    "flask": ["/admin/user_admin/delete/", "/admin/user_admin/action/"],
    "django": ["/admin/django_app/user/1/delete/", "/admin/logout/", "/admin/r/1/1/"],
}
# Public in both frameworks: styles and scripts, and Django's redirect to the login.
PUBLIC = ("/admin/static/", "/admin/login/")


def pages_below(admin: AdminPages) -> list[str]:
    """Follow the admin's links; return one path for each kind of page that they lead to."""
    found: dict[str, str] = {}
    waiting = ["/admin/"]
    while waiting:
        path = waiting.pop()
        parts = urlsplit(path)
        # An account is like another, and a sort order like another.
        kind = "".join("N" if letter.isdigit() else letter for letter in parts.path)
        if not parts.path.startswith("/admin/") or kind in found or kind.startswith(PUBLIC):
            continue
        found[kind] = path
        page = admin.browser.get(path)
        links = [node.attributes.get("href") or "" for node in page.html.css("a[href]")]
        waiting += [urljoin(path, link) for link in links if not link.startswith("javascript:")]
    return sorted(found.values())


def test_administrator_enters(admin: AdminPages) -> None:
    for path in ("/admin/", admin.at.users, admin.at.withdrawals, admin.at.new):
        assert admin.browser.get(path).status == 200, path


def test_visitor_goes_by_the_login(visitor: Browser, admin: AdminPages) -> None:
    pages = pages_below(admin)
    paths = {urlsplit(page).path for page in pages}
    assert {admin.at.users, admin.at.withdrawals, admin.at.new} < paths
    for path in pages:
        answer = visitor.get(path)
        where = urlsplit(answer.location)
        assert (answer.status, where.netloc, where.path) == (302, "", "/login"), path
        assert parse_qs(where.query)["next"] == [path]


def test_ordinary_user_is_refused_everywhere(stack: str, admin: AdminPages, log_in: LogIn) -> None:
    user = log_in("alice")
    for path in pages_below(admin):
        answer = user.get(path)
        assert answer.status == 403, path
        assert rules.FORBIDDEN in answer.main
        assert answer.text("header .brand") == "Overdraft"
    fields = user.get("/withdraw1").fields()
    for path in [*FORMS_ONLY[stack], ADDRESSES[stack].new]:
        assert user.post(path, fields | {"id": "1"}).status == 403, path


def test_without_the_slash(log_in: LogIn) -> None:
    answer = log_in("admin").get("/admin")
    assert answer.status in (301, 302, 308)
    assert urlsplit(answer.location).path == "/admin/"


def test_right_is_looked_up_at_every_request(visitor: Browser, admin: AdminPages) -> None:
    """An administrator who is one no longer is refused at once, in the session that they have."""
    visitor.log_in("frank", "frank")
    try:
        admin.edit("frank", {"is_admin": "on"})
        assert visitor.get("/admin/").status == 200
    finally:
        page = admin.edit_page("frank")
        fields = page.fields(admin.at.form)
        fields.pop("is_admin", None)
        admin.browser.post(page.action(admin.at.form), fields)
    assert visitor.get("/admin/").status == 403


@pytest.mark.parametrize("value", ["abc", "0", "999999999999999999999", "-1", "%00"])
def test_unknown_account(admin: AdminPages, value: str) -> None:
    assert admin.browser.get(admin.at.edit.format(id=value)).status in (302, 400, 404)


@pytest.mark.parametrize("term", ["%00", "%27%22%3Cb%3E", "%25", "x" * 2000])
def test_search_for_anything(admin: AdminPages, term: str) -> None:
    page = admin.browser.get(admin.at.search.format(username=term))
    assert page.status in (200, 400)
    assert page.html.css_first("b:not([class])") is None
