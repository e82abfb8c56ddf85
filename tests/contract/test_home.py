"""The home page: balance, strategies, latest withdrawals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from selectolax.lexbor import LexborNode

from shared_db import catalogue
from shared_db.catalogue import Strategy
from tests.contract.accounts import LATEST
from tests.contract.browser import Page
from tests.contract.conftest import Customer, LogIn

WITHDRAW = catalogue.by_number(4)


def rows(page: Page, table: str) -> list[list[str]]:
    """Return the cells of a table."""
    found = [row.css("td") for row in page.html.css(f"{table} tr")]
    return [[" ".join(cell.text().split()) for cell in cells] for cells in found if cells]


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around one, from the inside out."""
    while node.parent is not None:
        node = node.parent
        yield node


def test_balance(customer: Customer) -> None:
    customer.give(1234)
    assert customer.browser.get("/").text("#balance") == "1234"


def test_a_negative_balance_is_shown_as_one(customer: Customer) -> None:
    customer.give(-5)
    page = customer.browser.get("/")
    assert page.text("#balance") == "-5"
    assert page.html.css_first("#balance.negative") is not None


def test_strategies_are_those_of_the_catalogue(customer: Customer) -> None:
    page = customer.browser.get("/")
    expected = [
        [str(each.number), each.title, f"Answer for {each.title}{each.kind} {each.how}"]
        for each in catalogue.strategies()
    ]
    assert rows(page, "#strategies") == expected
    links = [node.attributes["href"] for node in page.html.css("#strategies a")]
    assert links == [each.path for each in catalogue.strategies()]


def test_the_answer_is_not_given_before_the_question(customer: Customer) -> None:
    answers = customer.browser.get("/").html.css(".kind")
    assert len(answers) == len(catalogue.strategies())
    for answer in answers:
        (details,) = [node for node in ancestors(answer) if node.tag == "details"]
        assert "open" not in details.attributes


def test_next_step(customer: Customer) -> None:
    first = catalogue.strategies()[0]
    assert f"make attack STRATEGY={first.slug}" in customer.browser.get("/").main


def test_history_is_newest_first(customer: Customer) -> None:
    for amount in (1, 2, 3):
        customer.browser.fill("/withdraw4", {"amount": str(amount)})
    history = rows(customer.browser.get("/"), "#history")[:3]
    assert [cells[-1] for cells in history] == ["3", "2", "1"]
    numbers = [int(cells[0]) for cells in history]
    assert numbers == sorted(numbers, reverse=True)


def test_history_tells_the_time_in_utc_to_the_microsecond(customer: Customer) -> None:
    customer.browser.fill("/withdraw4", {"amount": "1"})
    shown = rows(customer.browser.get("/"), "#history")[0][1]
    when = datetime.strptime(shown, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - when) < timedelta(minutes=2)


@pytest.mark.parametrize("strategy", catalogue.strategies(), ids=lambda each: each.slug)
def test_history_names_the_strategy_and_the_stack(
    customer: Customer, stack: str, strategy: Strategy
) -> None:
    customer.give(10, forbid_overdraft=strategy.forbid_overdraft, derived=True)
    assert customer.browser.fill(strategy.path, {"amount": "1"}).status == 302
    assert rows(customer.browser.get("/"), "#history")[0][2:] == [strategy.slug, stack, "1"]


def test_history_ends_after_the_latest(customer: Customer) -> None:
    customer.give(LATEST + 1)
    for _ in range(LATEST + 1):
        customer.browser.fill("/withdraw4", {"amount": "1"})
    assert len(rows(customer.browser.get("/"), "#history")) == LATEST


def test_another_user_sees_his_own(customer: Customer, log_in: LogIn) -> None:
    customer.give(77)
    customer.browser.fill("/withdraw4", {"amount": "70"})
    other = log_in("dave").get("/")
    assert other.text("header nav .muted") == "dave"
    assert "70" not in [cells[-1] for cells in rows(other, "#history")]


def test_admin_link_is_for_administrators(customer: Customer, log_in: LogIn) -> None:
    assert customer.browser.get("/").html.css_first("header a[href^='/admin']") is None
    assert log_in("admin").get("/").html.css_first("header a[href^='/admin']") is not None
