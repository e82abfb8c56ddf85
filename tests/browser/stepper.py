"""A stepper that is opened from the disk, and what is read of it."""

from collections.abc import Callable

from playwright.sync_api import Page

OpenStepper = Callable[..., Page]
"""Opens a recording, at an order, in a window with options."""


def schedule(page: Page) -> str:
    """The order that was walked so far."""
    found: str = page.evaluate("overdraft.steppers[0].walk.schedule")
    return found


def text(page: Page, selector: str) -> str:
    return page.locator(selector).inner_text()
