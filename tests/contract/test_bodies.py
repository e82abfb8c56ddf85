"""Bodies that are too large or no form at all."""

import pytest

from shared_db import rules
from tests.contract.conftest import Customer

LIMIT = 64 * 1024


def test_too_large(customer: Customer) -> None:
    before = customer.account()
    fields = customer.browser.get("/withdraw1").fields() | {"amount": "5", "pad": "x" * LIMIT}
    page = customer.browser.post("/withdraw1", fields)
    assert page.status == 413
    assert page.text("header .brand") == "Overdraft"
    assert rules.BODY_TOO_LARGE in page.main
    assert customer.account() == before
    assert customer.browser.get("/").status == 200


def test_large_but_allowed(customer: Customer) -> None:
    fields = customer.browser.get("/withdraw1").fields() | {"amount": "5"}
    fields["pad"] = "x" * (LIMIT - 1000)
    assert customer.browser.post("/withdraw1", fields).status == 302


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"amount": 5}'),
        ("text/plain", b"amount=5"),
        ("application/x-www-form-urlencoded", b"\xff\xfe&=&&=%&amount"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ],
)
def test_no_form(customer: Customer, kind: str, body: bytes) -> None:
    before = customer.account()
    client = customer.browser.client
    url = customer.browser.base_url + "/withdraw1"
    answer = client.post(url, content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 403)
    assert customer.account() == before
