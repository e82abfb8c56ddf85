"""Withdrawals in the admin: the log is evidence, so it is read there and never written."""

import re

import pytest

from tests.contract.admin_pages import AdminPages
from tests.contract.conftest import Customer

WRITING = {
    "flask": {
        "new": ("/admin/withdrawals/new/", {"user": "1", "amount": "5"}),
        "edit": ("/admin/withdrawals/edit/?id={id}", {"amount": "5"}),
        "delete": ("/admin/withdrawals/delete/", {"id": "{id}"}),
        "action": ("/admin/withdrawals/action/", {"action": "delete", "rowid": "{id}"}),
        "inline": ("/admin/withdrawals/ajax/update/", {"list_form_pk": "{id}", "amount": "5"}),
    },
    "django": {
        "new": ("/admin/django_app/withdrawlog/add/", {"user": "1", "amount": "5"}),
        "edit": ("/admin/django_app/withdrawlog/{id}/change/", {"amount": "5"}),
        "delete": ("/admin/django_app/withdrawlog/{id}/delete/", {"post": "yes"}),
        "action": (
            "/admin/django_app/withdrawlog/",
            {"action": "delete_selected", "_selected_action": "{id}", "post": "yes"},
        ),
    },
}
CASES = [(stack, way) for stack, ways in WRITING.items() for way in ways]


def test_list_shows_the_withdrawal(stack: str, admin: AdminPages, customer: Customer) -> None:
    customer.browser.fill("/withdraw4", {"amount": "7"})
    number, amount = customer.account().log[0]
    text = " ".join(admin.browser.get(admin.at.withdrawals).html.text(separator=" ").split())
    assert f"{number} {customer.username} {amount} conditional_update {stack} " in text
    assert re.search(r"\d\d:\d\d:\d\d\.\d{6}", text), "the moment is the evidence"


@pytest.mark.parametrize(("stack", "way"), CASES)
def test_nothing_is_written(stack: str, way: str, admin: AdminPages, customer: Customer) -> None:
    customer.browser.fill("/withdraw4", {"amount": "3"})
    before = customer.account()
    number = str(before.log[0][0])
    path, values = WRITING[stack][way]
    token = admin.browser.get("/withdraw1").fields()
    answer = admin.browser.post(
        path.format(id=number),
        token | {name: value.format(id=number) for name, value in values.items()},
    )
    assert answer.status in (200, 302, 403, 404), answer.status
    assert customer.account() == before


def test_list_offers_no_way_to_write(admin: AdminPages, customer: Customer) -> None:
    customer.browser.fill("/withdraw4", {"amount": "3"})
    page = admin.browser.get(admin.at.withdrawals)
    offered = [node.attributes.get("href") or "" for node in page.html.css("a[href]")]
    offered += [node.attributes.get("action") or "" for node in page.html.css("form")]
    below = [each for each in offered if each.startswith(admin.at.withdrawals)]
    assert not [each for each in below if any(w in each for w in ("/new/", "/add/", "/delete/"))]
