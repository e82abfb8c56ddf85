"""Browsers, sessions and accounts for the contract."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from shared_db.accounts import ADMIN, STARTING_MONEY
from tests.conftest import STACKS, Lab
from tests.contract.accounts import Account, Accounts, DatabaseAccounts, PageAccounts
from tests.contract.admin_pages import AdminPages
from tests.contract.browser import Browser

LogIn = Callable[[str], Browser]
OpenAs = Callable[[str, str], Browser]


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Return the name of the stack under test."""
    name: str = request.param
    return name


@pytest.fixture
def base_url(stack: str, urls: dict[str, str]) -> str:
    """Return the address of the stack under test."""
    return urls[stack]


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], httpx.Cookies]:
    """Return the cookies of every session so far: a login costs far more than a page."""
    return {}


@pytest.fixture(scope="session")
def open_as(
    urls: dict[str, str], sessions: dict[tuple[str, str], httpx.Cookies]
) -> Iterator[OpenAs]:
    """Return a function that opens a browser in which a demo account is logged in to a stack."""
    opened: list[Browser] = []

    def open_as(stack: str, username: str) -> Browser:
        if (stack, username) not in sessions:
            first = Browser(urls[stack])
            assert first.log_in(username, username).status == 302
            sessions[stack, username] = first.cookies
            first.close()
        opened.append(Browser(urls[stack], sessions[stack, username]))
        return opened[-1]

    yield open_as
    for browser in opened:
        browser.close()


@pytest.fixture
def log_in(stack: str, open_as: OpenAs) -> LogIn:
    """Return a function that opens a browser in which a demo account is logged in."""
    return lambda username: open_as(stack, username)


@pytest.fixture
def visitor(base_url: str) -> Iterator[Browser]:
    """Return a browser without any cookie."""
    browser = Browser(base_url)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def accounts(lab: Lab, open_as: OpenAs) -> Iterator[Accounts]:
    """Return the accounts: the one way in which this suite sets and reads them."""
    if lab.database_url:
        database = DatabaseAccounts(lab.database_url)
        yield database
        database.close()
        return
    admin = AdminPages(STACKS[0], open_as(STACKS[0], ADMIN.username))
    pages = PageAccounts(admin, lab.urls[STACKS[0]])
    yield pages
    pages.close()


@dataclass(frozen=True)
class Customer:
    """A user who is logged in, and their account."""

    username: str
    browser: Browser
    accounts: Accounts

    def account(self) -> Account:
        """Return the account as it is now."""
        return self.accounts.read(self.username)

    def give(self, money: int, *, forbid_overdraft: bool = False, derived: bool = False) -> None:
        """Set the balance."""
        self.accounts.give(self.username, money, forbid_overdraft=forbid_overdraft, derived=derived)


@pytest.fixture
def customer(log_in: LogIn, accounts: Accounts) -> Iterator[Customer]:
    """Return a user with the money that accounts start with; they have it again afterwards."""
    customer = Customer("carol", log_in("carol"), accounts)
    customer.give(STARTING_MONEY)
    yield customer
    customer.give(STARTING_MONEY)


@pytest.fixture
def admin(stack: str, log_in: LogIn) -> AdminPages:
    """Return the admin, entered by an administrator."""
    return AdminPages(stack, log_in(ADMIN.username))
