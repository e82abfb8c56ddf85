"""The health check, and the header by which a lab knows its own answers."""

import pytest

from attack.stacks import state
from shared_db.lab_id import LAB_HEADER
from tests.contract.browser import Browser
from tests.contract.conftest import Customer


def test_ok_while_the_database_answers(visitor: Browser) -> None:
    answer = visitor.get("/healthz").response
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path", ["/healthz", "/login", "/", "/withdraw1", "/nothing", "/admin/", "/static/style.css"]
)
def test_every_answer_names_the_lab(visitor: Browser, path: str) -> None:
    known = state.running()
    told = visitor.get(path).response.headers.get(LAB_HEADER)
    assert told
    assert known is None or told == known.lab_id  # None: the stacks run elsewhere


def test_so_do_the_answers_of_a_withdrawal(customer: Customer) -> None:
    expected = customer.browser.get("/healthz").response.headers[LAB_HEADER]
    fields = customer.browser.get("/withdraw3").fields()
    for amount in ("1", "99999", "nothing"):
        answer = customer.browser.post("/withdraw3", fields | {"amount": amount}).response
        assert answer.headers[LAB_HEADER] == expected
    forged = dict.fromkeys(fields, "forged") | {"amount": "1"}
    assert customer.browser.post("/withdraw3", forged).response.headers[LAB_HEADER] == expected


def test_so_does_a_host_name_that_is_refused(visitor: Browser) -> None:
    answer = visitor.request("GET", "/login", headers={"Host": "evil.example"}).response
    assert (answer.status_code, bool(answer.headers.get(LAB_HEADER))) == (400, True)
