"""A user on either stack, and a connection of the tests' own to watch and to interfere."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import psycopg
import pytest

from attack.ledger import Ledger, LedgerState
from shared_db.accounts import STARTING_MONEY
from shared_db.catalogue import Strategy
from shared_db.server import connect
from shared_db.spans import SPAN_HEADER
from tests.conftest import STACKS, Lab
from tests.contract.browser import Browser, Page
from tests.leaks import end_leaked_locks

USERNAME = "dave"


@dataclass(frozen=True)
class Customer:
    """A user who is logged in to one stack."""

    stack: str
    browser: Browser
    ledger: Ledger

    def open_account(self, strategy: Strategy, money: int = STARTING_MONEY) -> None:
        """Begin anew, with the setting that the strategy needs."""
        self.ledger.reset(USERNAME, money, forbid_overdraft=strategy.forbid_overdraft)

    def withdraw(self, strategy: Strategy, amount: int = 10) -> Page:
        """Withdraw by the strategy's form."""
        return self.browser.fill(strategy.path, {"amount": str(amount)})

    def state(self, strategy: Strategy) -> LedgerState:
        """Return the account as the strategy's ledger tells it."""
        return self.ledger.read(USERNAME, derived=strategy.ledger == "derived")


def retries(page: Page) -> int:
    """Return how often withdraw() was tried again for this answer."""
    return int(page.response.headers[SPAN_HEADER].split()[3])


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Return the name of the stack under test."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def cookies(urls: dict[str, str]) -> dict[str, httpx.Cookies]:
    """Return the cookies of a session on each stack: a login costs far more than a page."""
    found = {}
    for stack, url in urls.items():
        browser = Browser(url)
        assert browser.log_in(USERNAME, USERNAME).status == 302
        found[stack] = browser.cookies
        browser.close()
    return found


@pytest.fixture
def customer(
    stack: str, urls: dict[str, str], cookies: dict[str, httpx.Cookies], ledger: Ledger
) -> Iterator[Customer]:
    """Return the user; their account is as it was afterwards."""
    browser = Browser(urls[stack], cookies[stack])
    yield Customer(stack, browser, ledger)
    browser.close()
    ledger.reset(USERNAME, STARTING_MONEY)


@pytest.fixture(scope="session")
def database(lab: Lab) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Return a connection to the stacks' database that commits each statement."""
    with connect(lab.database_url) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _no_leaked_lock(database: psycopg.Connection[tuple[object, ...]]) -> None:
    end_leaked_locks(database)
