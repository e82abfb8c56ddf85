"""The home page: balance, strategies, latest withdrawals."""

from datetime import UTC, datetime, timedelta

import pytest

from shared_db import catalogue
from shared_db.catalogue import Strategy
from shared_db.lesson import lesson_of
from tests.contract.accounts import LATEST
from tests.contract.browser import Page
from tests.contract.conftest import Customer, LogIn


def rows(page: Page, table: str) -> list[list[str]]:
    """Return the cells of a table."""
    found = [row.css("td") for row in page.html.css(f"{table} tr")]
    return [[" ".join(cell.text().split()) for cell in cells] for cells in found if cells]


def by_number(number: int) -> Strategy:
    """Return the strategy at a page that there is."""
    found = catalogue.by_number(number)
    assert found
    return found


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
        [str(each.number), lesson_of(each.slug).title, "Guess first"]
        for each in catalogue.strategies()
    ]
    assert rows(page, "#strategies") == expected
    links = [node.attributes["href"] for node in page.html.css("#strategies a")]
    assert links == [each.path for each in catalogue.strategies()]


def test_the_answer_is_not_given_before_the_question(customer: Customer) -> None:
    customer.browser.fill("/withdraw4", {"amount": "1"})
    page = customer.browser.get("/")
    assert page.html.css(".kind") == []
    for each in catalogue.strategies():
        for told in (each.slug, each.title, each.how):
            assert told not in page.main


def test_what_was_guessed_is_told(customer: Customer) -> None:
    customer.browser.fill("/withdraw4", {"amount": "1"})
    told = by_number(4)
    customer.browser.guess(told.path, "a")
    page = customer.browser.get("/")
    (row,) = [cells for cells in rows(page, "#strategies") if cells[2] != "Guess first"]
    assert row[0] == "4"
    assert row[2] == f"{told.kind} {told.title}. {told.how}"
    assert rows(page, "#history")[0][2] == told.slug


def test_next_step(customer: Customer) -> None:
    page = customer.browser.get("/")
    first = catalogue.strategies()[0].path
    assert [node for node in page.html.css("main p a") if node.attributes["href"] == first]


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
def test_history_names_the_page_and_the_stack_and_once_guessed_the_strategy(
    customer: Customer, stack: str, strategy: Strategy
) -> None:
    customer.give(10, forbid_overdraft=strategy.forbid_overdraft, derived=True)
    assert customer.browser.fill(strategy.path, {"amount": "1"}).status == 302
    page = f"page {strategy.number}"
    assert rows(customer.browser.get("/"), "#history")[0][2:] == [page, stack, "1"]
    customer.browser.guess(strategy.path, "b")
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
