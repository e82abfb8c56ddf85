"""One headless Chromium for all tests that ask for it: two at once are refused by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the system's Chromium."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, "no Chromium is installed: apt-get install chromium (Debian, Ubuntu)"
    # Chromium has no sandbox for root, as whom CI runs it.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()
