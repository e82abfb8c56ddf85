"""Forms of the admin: without the token nothing is done."""

from collections.abc import Iterator

import pytest

from tests.contract.accounts import temporary_name
from tests.contract.admin_pages import AdminPages, saved
from tests.contract.browser import Fields
from tests.contract.conftest import Customer

VICTIM = temporary_name()
DELETING = {
    "flask": [
        ("/admin/user_admin/delete/", {"id": "{id}"}),
        ("/admin/user_admin/action/", {"action": "delete", "rowid": "{id}"}),
    ],
    "django": [
        ("/admin/django_app/user/{id}/delete/", {"post": "yes"}),
        (
            "/admin/django_app/user/",
            {"action": "delete_selected", "_selected_action": "{id}", "post": "yes"},
        ),
    ],
}
CASES = [(stack, path, values) for stack, ways in DELETING.items() for path, values in ways]
TOKENS = pytest.mark.parametrize("token", [None, "", "x" * 64], ids=["missing", "empty", "wrong"])


def without_token(fields: Fields, token: str | None) -> Fields:
    """Take the token away, or put another in its place."""
    kept = {name: value for name, value in fields.items() if not name.startswith("csrf")}
    (name,) = fields.keys() - kept.keys()
    return kept if token is None else kept | {name: token}


@pytest.fixture
def victim(admin: AdminPages) -> Iterator[str]:
    """Return the id of an account without history."""
    values = {"username": VICTIM, "email": f"{VICTIM}@overdraft.example", "money": "0"}
    assert saved(admin.create(values | {"new_password": VICTIM}))
    number = admin.find(VICTIM)
    assert number
    yield number
    admin.delete(VICTIM)
    assert admin.find(VICTIM) is None


@TOKENS
def test_edit(admin: AdminPages, customer: Customer, token: str | None) -> None:
    before = customer.account()
    page = admin.edit_page(customer.username)
    fields = without_token(page.fields(admin.at.form), token) | {"money": "1000000"}
    answer = admin.browser.post(page.action(admin.at.form), fields)
    assert answer.status in (200, 403)
    assert customer.account() == before


@TOKENS
def test_new(admin: AdminPages, token: str | None) -> None:
    page = admin.browser.get(admin.at.new)
    fields = without_token(page.fields(admin.at.form), token)
    fields |= {"username": "forged", "email": "forged", "money": "0", "new_password": "forged"}
    answer = admin.browser.post(page.action(admin.at.form), fields)
    assert answer.status in (200, 403)
    assert admin.find("forged") is None


@pytest.mark.parametrize(("stack", "path", "values"), CASES, ids=[path for _, path, _ in CASES])
@TOKENS
def test_delete(
    admin: AdminPages, victim: str, path: str, values: Fields, token: str | None
) -> None:
    fields = {name: value.format(id=victim) for name, value in values.items()}
    if token is not None:
        name = next(each for each in admin.browser.get("/withdraw1").fields() if "csrf" in each)
        fields[name] = token
    answer = admin.browser.post(path.format(id=victim), fields)
    assert answer.status in (302, 403)
    assert admin.find(VICTIM) == victim


def test_get_deletes_nothing(stack: str, admin: AdminPages, victim: str) -> None:
    path, _ = DELETING[stack][0]
    admin.browser.get(f"{path.format(id=victim)}?id={victim}&post=yes")
    assert admin.find(VICTIM) == victim
