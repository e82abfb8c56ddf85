"""WCAG 2.2 AA, asked by axe: of every kind of page on a phone and a desk, by day and by night.

Pages of one template differ in their text. Of the strategies' pages each is looked at in one of the
four ways, and enough of them in all four to see all that such a page can have.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from shared_db import catalogue
from tests.browser import walk
from tests.browser.conftest import USER

pytestmark = pytest.mark.acceptance

Scheme = Literal["light", "dark"]
WIDTHS = {"desk": 1280, "phone": 360}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL_BUTTONS = """
() => { for (const name of ['first', 'second']) {
  const button = document.querySelector('main form').appendChild(document.createElement('button'));
  button.ariaLabel = name;
  button.style.cssText = 'width: 10px; height: 10px; padding: 0; border: 0';
} }
"""
SCHEMES: list[Scheme] = ["light", "dark"]
LOOK = pytest.mark.parametrize("scheme", SCHEMES)
WIDTH = pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
WAYS = list(product(WIDTHS.values(), SCHEMES))


@contextmanager
def window(chromium: Browser, url: str, width: int, scheme: Scheme) -> Iterator[Page]:
    """Open a window of a profile of its own."""
    context = chromium.new_context(
        base_url=url, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    yield context.new_page()
    context.close()


def findings(page: Page) -> list[str]:
    """Return what axe finds on a page, a line for each place."""
    answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(answer["passes"]) > 10, "axe has looked at next to nothing"
    return [
        f"{page.url} {found['id']}: {node['html'][:120]}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]


def check(visits: Iterator[walk.Visit], at_least: int) -> None:
    """Hold every page of a walk to it."""
    seen, wrong = 0, []
    for name, page in visits:
        seen += 1
        wrong += [f"{name}: {finding}" for finding in findings(page)]
    assert wrong == []
    assert seen >= at_least


@LOOK
@WIDTH
def test_visitor(
    chromium: Browser, urls: dict[str, str], stack: str, width: int, scheme: Scheme
) -> None:
    with window(chromium, urls[stack], width, scheme) as page:
        check(walk.as_a_visitor(page), at_least=3)


@LOOK
@WIDTH
def test_user(
    chromium: Browser, urls: dict[str, str], stack: str, width: int, scheme: Scheme
) -> None:
    strategies = walk.share(stack, WAYS.index((width, scheme)), len(WAYS))
    with window(chromium, urls[stack], width, scheme) as page:
        check(walk.as_a_user(page, USER, strategies), at_least=2 * len(strategies) + 10)


@pytest.mark.parametrize("stack", ["flask", "django"])
def test_every_strategy_has_its_turn(stack: str) -> None:
    shares = [walk.share(stack, turn, len(WAYS)) for turn in range(len(WAYS))]
    assert {each for share in shares for each in share} == {*catalogue.strategies()}


@LOOK
@WIDTH
def test_administrator(
    chromium: Browser, urls: dict[str, str], stack: str, width: int, scheme: Scheme
) -> None:
    with window(chromium, urls[stack], width, scheme) as page:
        check(walk.as_an_administrator(page, stack, USER), at_least=10)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('h1').remove()", "page-has-heading-one"),
        ("document.querySelector('label').firstChild.remove()", "label"),
        ("document.querySelector('main button').style.color = '#8ab'", "color-contrast"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
    ],
)
def test_planted_faults_are_found(
    chromium: Browser, urls: dict[str, str], spoil: str, rule: str
) -> None:
    with window(chromium, urls["flask"], 1280, "light") as page:
        page.goto("/login")
        page.evaluate(spoil)
        found = {line.split()[1].rstrip(":") for line in findings(page)}
        assert rule in found


def test_small_targets_are_found(chromium: Browser, urls: dict[str, str]) -> None:
    """Two buttons of 10 pixels, one beside the other: what WCAG 2.2 has added."""
    with window(chromium, urls["django"], 1280, "light") as page:
        page.goto("/login")
        page.evaluate(SMALL_BUTTONS)
        assert any(" target-size: " in line for line in findings(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_border_of_an_input_stands_out(
    chromium: Browser, urls: dict[str, str], stack: str, scheme: Scheme
) -> None:
    """3:1 against what is inside it and around it; axe looks at text alone."""
    with window(chromium, urls[stack], 1280, scheme) as page:
        page.goto("/login")
        field = page.locator("[name=password]")
        border, inside = (
            field.evaluate(f"node => getComputedStyle(node).{name}")
            for name in ("borderTopColor", "backgroundColor")
        )
        around = page.locator("main form").evaluate(
            "node => getComputedStyle(node).backgroundColor"
        )
        assert contrast(border, inside) >= 3
        assert contrast(border, around) >= 3


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours 'rgb(r, g, b)' as WCAG defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(118, 118, 118)", "rgb(255, 255, 255)") == pytest.approx(4.54, abs=0.01)
