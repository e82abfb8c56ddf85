"""WCAG 2.2 AA, asked by axe of each page of the built site: on a phone or a desk, day or night."""

from itertools import cycle, product
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_accessibility import SCHEMES, WIDTHS, Scheme, findings, window

pytestmark = pytest.mark.acceptance

WAYS = list(product(WIDTHS.values(), SCHEMES))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_axe_finds_nothing(chromium: Browser, site: Path, way: tuple[int, Scheme]) -> None:
    pages = sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)
    mine = [page for page, turn in zip(pages, cycle(WAYS), strict=False) if turn == way]
    assert len(mine) > 10
    wrong = []
    with window(chromium, site.as_uri(), *way) as opened:
        for page in mine:
            opened.goto(page.as_uri())
            opened.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
            wrong += findings(opened)
            wide = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{page.name} is {wide} pixels too wide"] if wide > 0 else []
    assert wrong == []
