"""Pages of both stacks in a browser, and an account for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from attack.ledger import Ledger
from racewalk.stepper import page as pages
from shared_db.accounts import ADMIN, STARTING_MONEY
from tests.browser.stepper import OpenStepper
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


@pytest.fixture
def open_stepper(chromium: Browser, tmp_path: Path) -> Iterator[OpenStepper]:
    """Return a function that opens a stepper from the disk; all that it says or asks for is looked
    at when it closes."""
    contexts, said = [], list[str]()

    def open_stepper(
        made: dict[str, Any],
        order: str = "",
        without: dict[str, Any] | None = None,
        **options: Any,
    ) -> Page:
        file = tmp_path / "stepper.html"
        file.write_text(pages.page(made, "model-row-10", without), "utf-8")
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: said.append(asked.url))
        page.goto(file.as_uri() + order)
        assert said.pop(0).partition("#")[0] == file.as_uri()
        return page

    yield open_stepper
    assert [each for each in said if not each.startswith("data:")] == []
    for context in contexts:
        context.close()
