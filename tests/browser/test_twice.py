"""The button that sends two requests at once, and those that copy: what they say is so."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from attack.ledger import Ledger
from shared_db import locks
from shared_db.server import connect
from tests.browser import walk
from tests.browser.conftest import USER, OpenPage
from tests.conftest import Lab

pytestmark = pytest.mark.acceptance

WAIT_S = 20
ROW = 'SELECT 1 FROM "user" WHERE username = %s FOR UPDATE'
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def guessed(page: Page, path: str, username: str = USER) -> Page:
    """Log in, answer a page's question, and return the page."""
    walk.log_in(page, username)
    page.goto(path)
    walk.guess(page, "a")
    return page


def press(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Send two at once").click()


def told(page: Page) -> list[list[str]]:
    """Return the rows of the table with both requests."""
    rows = page.locator(".came tbody tr")
    expect(rows).to_have_count(2, timeout=WAIT_S * 1000)
    return [row.locator("td").all_inner_texts() for row in rows.all()]


@contextmanager
def both_met(page: Page, database_url: str) -> Iterator[None]:
    """Let the two requests meet: both have read the account before one of them may write it."""
    held: list[Route] = []
    page.route(re.compile(r"\?request=[AB]$"), lambda route: held.append(route))
    with connect(database_url) as watching, psycopg.connect(database_url) as holding:
        yield
        wait_for(page, lambda: len(held) == 2)
        holding.execute(ROW, (USER,))
        for route in held:
            route.continue_()
        wait_for(page, lambda: watching.execute(WAITING).fetchone() == (2,))
        holding.rollback()


def wait_for(page: Page, holds: object) -> None:
    """Wait until something holds, and let the browser's events come meanwhile."""
    until = time.monotonic() + WAIT_S
    assert callable(holds)
    while not holds():
        assert time.monotonic() < until, "the two requests did not meet"
        page.wait_for_timeout(20)


def test_two_that_meet_are_both_paid_and_it_is_told(
    stack: str, open_page: OpenPage, lab: Lab, ledger: Ledger
) -> None:
    page = guessed(open_page(stack), "/withdraw1")
    with both_met(page, lab.database_url):
        press(page)
    assert [(row[0], row[3]) for row in told(page)] == [("A", "says: paid"), ("B", "says: paid")]
    came = page.locator(".came")
    expect(came).to_contain_text("held 10. Paid out: 20. The money on it now: 0. That is wrong.")
    expect(came).to_contain_text("Wrong in 1 of 1 try.")
    state = ledger.read(USER)
    assert (state.balance, state.paid_out, state.payouts) == (0, 20, 2)


def test_behind_a_lock_the_second_is_refused_and_it_can_be_tried_again(
    stack: str, open_page: OpenPage, lab: Lab, ledger: Ledger
) -> None:
    page = guessed(open_page(stack), "/withdraw3")
    for tries in ("1 try", "2 tries"):
        with both_met(page, lab.database_url):
            press(page)
        answers = sorted(row[3] for row in told(page))
        assert answers == ["says: Insufficient funds", "says: paid"]
        expect(page.locator(".came")).to_contain_text(f"That is right.Wrong in 0 of {tries}.")
        state = ledger.read(USER)
        assert (state.balance, state.paid_out, state.payouts) == (0, 10, 1)
        page.unroute_all()


@pytest.mark.parametrize("number", [10, 11, 12, 17, 21, 24])
def test_what_is_told_is_what_the_account_says(
    stack: str, open_page: OpenPage, ledger: Ledger, number: int
) -> None:
    """One intent, a derived ledger, a trap, half the money, another page's form."""
    page = guessed(open_page(stack), f"/withdraw{number}")
    press(page)
    rows = told(page)
    state = ledger.read(USER)
    came = page.locator(".came")
    expect(came).to_contain_text(f"held 10. Paid out: {state.paid_out}. The money on it now: ")
    expect(came).to_contain_text(f"now: {state.balance}. ")
    stored = number not in (11, 17)
    right = state.paid_out == 10 and (state.balance == 0 or not stored)
    expect(came).to_contain_text(f"That is {'right' if right else 'wrong'}.")
    assert rows[1][3] == "says: done" if number == 24 else rows[1][3].startswith("says: ")
    for row in rows:
        assert 0 <= float(row[1].removesuffix(" ms")) < float(row[2].removesuffix(" ms"))


def test_who_is_logged_out_is_told(stack: str, open_page: OpenPage) -> None:
    page = guessed(open_page(stack), "/withdraw1")
    page.context.clear_cookies()
    press(page)
    expect(page.locator(".came .error")).to_have_text("You are not logged in any more.")


def test_during_an_attack_nothing_is_sent(
    stack: str, open_page: OpenPage, lab: Lab, ledger: Ledger
) -> None:
    page = guessed(open_page(stack), "/withdraw3")
    walk.send(page, {"amount": "4"})
    page.goto("/withdraw3")
    with connect(lab.database_url) as attack:
        attack.execute(f"SELECT pg_advisory_lock({locks.ATTACK})")
        press(page)
        expect(page.locator(".came .error")).to_contain_text("is an attack under way?")
    assert ledger.read(USER).paid_out == 4


def test_what_is_there_to_copy_is_copied(stack: str, open_page: OpenPage) -> None:
    page = guessed(open_page(stack), "/withdraw1")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for text, button in zip(
        page.locator("pre.copy").all(), page.get_by_role("button", name="Copy").all(), strict=True
    ):
        button.click()
        expect(text.locator("+ p [role=status]")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == text.text_content()


def test_where_copying_is_forbidden_the_text_is_selected(stack: str, open_page: OpenPage) -> None:
    page = guessed(open_page(stack), "/withdraw1")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy").first.click()
    expect(page.locator("pre.copy + p [role=status]").first).to_contain_text("It is selected")
    selected = page.evaluate("getSelection().toString()")
    assert "/withdraw1" in selected
