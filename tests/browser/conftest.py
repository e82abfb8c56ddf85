"""Pages of both stacks in a browser, and an account for it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from attack.ledger import Ledger
from shared_db.accounts import ADMIN, STARTING_MONEY
from tests.conftest import STACKS

USER = "heidi"

OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, urls: dict[str, str]) -> Iterator[OpenPage]:
    """Return a function that opens a stack's first page in a profile of its own."""
    contexts = []

    def open_page(stack: str, width: int = 1100) -> Page:
        context = chromium.new_context(
            base_url=urls[stack], viewport={"width": width, "height": 800}
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Return the name of the stack under test."""
    name: str = request.param
    return name


@pytest.fixture(autouse=True)
def account(ledger: Ledger) -> Iterator[None]:
    """Give those who are used the money that accounts start with, before and after."""
    for username in (USER, ADMIN.username):
        ledger.reset(username, STARTING_MONEY)
    yield
    for username in (USER, ADMIN.username):
        ledger.reset(username, STARTING_MONEY)
