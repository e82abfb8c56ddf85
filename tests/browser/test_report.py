"""The report in a real browser: readable, silent, self-contained, each cell with its evidence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from attack.report.page.evidence import together
from attack.report.page.render import render
from attack.runs import read
from tests.browser.test_accessibility import findings
from tests.harness.runs import a_run

pytestmark = pytest.mark.acceptance

LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (width, scheme) for width in (360, 1280) for scheme in ("light", "dark")
]


@pytest.fixture(autouse=True)
def account() -> None:
    """Need no account: the report is a file."""


@pytest.fixture(params=LOOKS, ids=str)
def opened(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path
) -> Iterator[tuple[Page, list[str]]]:
    """Return the report opened from the disk, and what it says or asks for."""
    width, scheme = request.param
    kept = [read.load(a_run(tmp_path).folder)]
    file = tmp_path / "report.html"
    file.write_text(render(together(kept), before=kept[0], changed=["one line"]))
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
    )
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url))
    page.goto(file.as_uri())
    assert said.pop(0) == file.as_uri()
    yield page, said
    context.close()


def test_nothing_is_asked_for_and_nothing_complained_of(
    opened: tuple[Page, list[str]],
) -> None:
    page, said = opened
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    page.wait_for_function("() => [...document.images].every(image => image.complete)")
    assert [each for each in said if not each.startswith("data:")] == []
    assert page.title().startswith("Overdraft: ")


def test_axe_finds_nothing(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert findings(page) == []


def test_the_page_is_no_wider_than_the_screen(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("innerWidth")


def test_every_cell_leads_to_its_evidence_by_a_click(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    links = page.locator("#matrix td a")
    assert links.count() >= 6
    for number in range(links.count()):
        links.nth(number).click()
        place = page.locator(":target")
        place.get_by_role("heading", level=3).wait_for(state="visible")
        assert -1 < place.evaluate("node => node.getBoundingClientRect().top") < 800


def test_pictures_are_seen(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    pictures = page.locator("#flask-no_lock img.plot")
    assert pictures.count() == 4
    for number in range(4):
        box = pictures.nth(number).bounding_box()
        assert box
        assert min(box["width"], box["height"]) > 60
    natural = page.locator("img").evaluate_all("all => all.map(each => each.naturalWidth)")
    assert natural
    assert all(natural), "a picture could not be read"
