"""How the stepper looks: without scripts, on a phone, on a projector, on paper, and to axe."""

import re
from typing import Any, Literal

import pytest

from support.recordings import recording
from tests.browser.stepper import OpenStepper, text
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.acceptance

LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (width, scheme) for width in (360, 1280) for scheme in ("light", "dark")
]
IN_SIGHT = [".possible", ".moves button", ".lines li:last-child", ".waits", ".listing .lit"]


@pytest.fixture(autouse=True)
def account() -> None:
    """Need no account: the page is a file."""


def test_without_scripts_the_picture_and_the_list_are_there(open_stepper: OpenStepper) -> None:
    made = recording()
    made["certificate"]["smallest"] = "BBABAA"
    page = open_stepper(made, java_script_enabled=False)
    assert page.get_by_role("img").is_visible()
    assert page.get_by_role("listitem").count() == 6 + 2 + 1
    assert "simplest of them, with 2 preemptions: BBABAA" in text(page, "noscript p")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing(
    open_stepper: OpenStepper, look: tuple[int, Literal["light", "dark"]]
) -> None:
    width, scheme = look
    options: Any = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page = open_stepper(recording(), "#AABB", **options)
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    page.get_by_label("hints").check()
    assert findings(page) == []
    page.keyboard.press("Shift+A")
    page.keyboard.press("Shift+B")
    page.get_by_role("button", name="Give up").click()
    page.keyboard.press("?")
    assert findings(page) == []


@pytest.mark.parametrize(("width", "height"), [(360, 740), (640, 400), (1024, 768), (1280, 800)])
def test_the_page_is_no_wider_than_the_screen(
    open_stepper: OpenStepper, width: int, height: int
) -> None:
    page = open_stepper(recording(3), "#AABBCC", viewport={"width": width, "height": height})
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.locator(".box").evaluate_all("all => all.map(each => each.offsetWidth)")
    assert min(boxes) > 90


def test_on_a_projector_what_matters_is_in_sight(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#AABB", viewport={"width": 1024, "height": 768})
    for selector in IN_SIGHT:
        box = page.locator(selector).first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 768, selector


def test_on_paper_all_lines_are_seen_and_no_buttons(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(3), "#AABBCCA~CCB", color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.get_by_role("button").first.is_visible()
    inside = page.locator(".told .inside")
    assert inside.evaluate("node => node.scrollHeight - node.clientHeight") <= 1
    ink = page.locator(".stepper").evaluate("node => getComputedStyle(node).color")
    assert re.fullmatch(r"rgb\(31, 35, 40\)", ink)
