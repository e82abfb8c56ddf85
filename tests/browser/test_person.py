"""What a person does in a workshop: log in, withdraw, be given money again, log out."""

import pytest
from playwright.sync_api import Browser, Page, expect

from attack.ledger import Ledger
from shared_db import rules
from tests.browser.conftest import USER, OpenPage
from tests.browser.walk import guess

pytestmark = pytest.mark.acceptance


def log_in(page: Page, username: str) -> None:
    """Log in by the form; the demo password is the name."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(username)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#balance")).to_be_visible()


def withdraw(page: Page, strategy: str, amount: str) -> None:
    """Go to a strategy by its link and withdraw."""
    page.get_by_role("link", name=strategy, exact=True).click()
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Withdraw").click()


def test_withdraw(stack: str, open_page: OpenPage, ledger: Ledger) -> None:
    page = open_page(stack)
    log_in(page, USER)
    expect(page.locator("#balance")).to_have_text("10")
    withdraw(page, "Wait, then read", "4")
    expect(page.get_by_role("status")).to_have_text(rules.SUCCESS)
    expect(page.locator("#balance")).to_have_text("6")
    expect(page.locator("#history td.number")).to_have_text("4")
    withdraw(page, "Wait, then read", "7")
    expect(page.get_by_role("alert")).to_have_text(rules.INSUFFICIENT_FUNDS)
    page.get_by_label("Amount").fill("six")
    page.get_by_label("Amount").press("Enter")
    expect(page.get_by_role("alert")).to_have_text(rules.NOT_A_WHOLE_NUMBER)
    page.get_by_label("Amount").fill("6")
    page.get_by_label("Amount").press("Enter")
    expect(page.locator("#balance")).to_have_text("0")
    state = ledger.read(USER)
    assert (state.balance, state.paid_out, state.payouts) == (0, 10, 2)


def test_administrator_gives_10_money(stack: str, open_page: OpenPage, ledger: Ledger) -> None:
    ledger.reset(USER, 0)
    page = open_page(stack)
    log_in(page, "admin")
    page.get_by_role("link", name="Admin").click()
    page.get_by_role("link", name="Users").last.click()
    page.get_by_role("row", name=USER).get_by_role("link").first.click()
    page.get_by_label("Money").fill("10")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name=USER)).to_contain_text("10")
    assert ledger.read(USER).balance == 10
    page.get_by_role("link", name="View site").click()
    expect(page.locator("header .brand")).to_have_text("Overdraft")


def test_reset(stack: str, open_page: OpenPage, ledger: Ledger) -> None:
    page = open_page(stack)
    log_in(page, USER)
    withdraw(page, "Wait, then read", "4")
    expect(page.locator("#history td.number")).to_have_text("4")
    page.get_by_role("button", name="Reset my account").click()
    expect(page.get_by_role("status")).to_have_text(rules.RESET_DONE)
    expect(page.locator("#balance")).to_have_text("10")
    state = ledger.read(USER)
    assert (state.balance, state.payouts) == (10, 0)


def test_read_the_code_guess_then_read_the_answer(stack: str, open_page: OpenPage) -> None:
    page = open_page(stack)
    log_in(page, USER)
    page.get_by_role("link", name="Locked, and yet").click()
    expect(page.get_by_text("def withdraw(")).to_be_hidden()
    page.get_by_text("The code that runs").click()
    expect(page.get_by_text("def withdraw(")).to_be_visible()
    expect(page.locator(".kind")).to_have_count(0)
    page.get_by_role("button", name="That is my guess").click()
    expect(page.locator("#guess input:invalid").first).to_be_attached()
    page.get_by_label("Nothing. It sees 0, and refuses.").check()
    page.get_by_role("button", name="That is my guess").click()
    expect(page.locator(".kind")).to_have_text("trap")
    expect(page.locator("#guess")).to_be_in_viewport()
    expect(page.get_by_text("You guessed a. Right is c.")).to_be_visible()
    expect(page.get_by_text("An object in Python is a copy")).to_be_visible()
    page.get_by_role("link", name="Back to the account").click()
    expect(page.locator("#strategies .kind")).to_have_text("trap")


def test_without_scripts_the_guess_and_the_answer_are_there(
    stack: str, chromium: Browser, urls: dict[str, str]
) -> None:
    context = chromium.new_context(base_url=urls[stack], java_script_enabled=False)
    page = context.new_page()
    page.goto("/withdraw1")
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(USER)
    page.get_by_role("button", name="Log in").click()
    page.locator("#guess input[type=radio]").first.check()
    page.get_by_role("button", name="That is my guess").click()
    expect(page.locator(".kind")).to_have_text("vulnerable")
    expect(page.get_by_text("The button needs JavaScript")).to_be_visible()
    expect(page.locator("pre.copy")).to_have_count(2)
    page.get_by_text("The same in words").click()
    expect(page.get_by_text("B answers: paid")).to_be_visible()
    context.close()


def test_twin(open_page: OpenPage, urls: dict[str, str]) -> None:
    page = open_page("flask")
    log_in(page, USER)
    page.goto("/withdraw3")
    page.get_by_role("link", name="This page in Django").click()
    expect(page).to_have_url(f"{urls['django']}/login?next=/withdraw3")
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(USER)
    page.get_by_label("Password").press("Enter")
    page.get_by_role("link", name="This page in Flask").click()
    expect(page).to_have_url(f"{urls['flask']}/withdraw3")
    expect(page.get_by_label("Amount")).to_be_visible()


def test_deleting_asks_first(open_page: OpenPage) -> None:
    page = open_page("flask")
    log_in(page, "admin")
    page.goto("/admin/user_admin/?search=heidi")
    expect(page.get_by_role("button", name="Yes, delete heidi")).to_be_hidden()
    page.locator(".actions summary").click()
    expect(page.get_by_role("button", name="Yes, delete heidi")).to_be_visible()


def test_log_out(stack: str, open_page: OpenPage) -> None:
    page = open_page(stack)
    log_in(page, USER)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto("/withdraw1")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    log_in_again = page.get_by_label("Username")
    log_in_again.fill(USER)
    page.get_by_label("Password").fill(USER)
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_label("Amount")).to_be_focused()


def test_one_window_is_logged_in_to_both(open_page: OpenPage, urls: dict[str, str]) -> None:
    page = open_page("flask")
    log_in(page, USER)
    page.goto(urls["django"])
    log_in(page, "grace")
    page.goto(urls["flask"])
    expect(page.locator("header nav .muted")).to_have_text(USER)


def test_pages_load_without_an_error(stack: str, open_page: OpenPage) -> None:
    """No script fails, nothing is missing, and the security policy stops nothing that is needed."""
    page = open_page(stack)
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("response", lambda got: troubles.append(got.url) if got.status >= 400 else None)
    log_in(page, "admin")
    page.goto("/withdraw1")
    guess(page, "c")
    page.locator("img.story").scroll_into_view_if_needed()
    natural = page.locator("img.story").evaluate("image => image.naturalWidth")
    assert natural > 500
    page.goto("/admin/")
    page.get_by_role("link", name="Users").last.click()
    page.get_by_role("row", name=USER).get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    assert troubles == []
