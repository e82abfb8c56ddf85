"""A stepper's switch to the same cell without its lock: there and back, by mouse and by keys."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from racewalk.stepper.recording import read
from shared_db.paths import CHECKOUT
from support.recordings import recording
from tests.browser.stepper import OpenStepper, schedule, text

pytestmark = pytest.mark.acceptance

RECORDINGS = CHECKOUT / "docs/recordings"
LABEL = "without this lock: FOR UPDATE"


@pytest.fixture(autouse=True)
def account() -> None:
    """Need no account: the page is a file."""


def unlocked() -> dict[str, Any]:
    """The other recording: its cell says what it lacks, and its database is told otherwise."""
    made = recording()
    return made | {"cell": made["cell"] | {"without": "FOR UPDATE"}, "recorded": "2026-01-03"}


def recorded(page: Page) -> str:
    """Which recording is shown."""
    found: str = page.evaluate("overdraft.steppers[0].graph.recording.recorded")
    return found


def test_without_a_second_recording_there_is_no_switch(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording())
    expect(page.locator(".without")).to_have_count(0)


def test_the_switch_goes_there_and_back_and_begins_anew(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), without=unlocked())
    page.keyboard.press("a")
    assert (schedule(page), recorded(page)) == ("A", "2026-01-02")
    page.get_by_label(LABEL).check()
    assert (schedule(page), recorded(page)) == ("", "2026-01-03")
    assert LABEL in text(page, ".said")
    expect(page.get_by_label(LABEL)).to_be_checked()
    expect(page.get_by_label(LABEL)).to_be_focused()
    page.keyboard.press("b")
    assert schedule(page) == "B"
    page.keyboard.press("Space")
    assert (schedule(page), recorded(page)) == ("", "2026-01-02")
    expect(page.get_by_label(LABEL)).not_to_be_checked()


def test_other_switches_stay_as_they_are(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), without=unlocked())
    page.get_by_label("hints").check()
    page.get_by_role("checkbox", name="keys").uncheck()
    page.get_by_label(LABEL).check()
    expect(page.get_by_label("hints")).to_be_checked()
    expect(page.get_by_role("checkbox", name="keys")).not_to_be_checked()


def test_an_order_of_either_is_found_by_its_address(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), "#model-row-10-without=AB", without=unlocked())
    assert (schedule(page), recorded(page)) == ("AB", "2026-01-03")
    page.keyboard.press("a")
    assert page.evaluate("location.hash").startswith("#model-row-10-without=ABA")
    page.evaluate("location.hash = '#BA'")
    page.wait_for_function("overdraft.steppers[0].walk.schedule === 'BA'")
    assert recorded(page) == "2026-01-02"


def test_axe_finds_nothing(open_stepper: OpenStepper) -> None:
    page = open_stepper(recording(), without=unlocked())
    page.get_by_label(LABEL).check()
    assert not Axe().run(page, options={"preload": False}).response["violations"]


@pytest.mark.parametrize(
    "file", sorted((RECORDINGS / "without").glob("*.json")), ids=lambda f: f.stem
)
def test_what_holds_is_safe_with_its_lock_and_unsafe_without(
    open_stepper: OpenStepper, file: Any
) -> None:
    page = open_stepper(read(RECORDINGS / file.name), without=read(file))
    bad = "Number(overdraft.steppers[0].graph.count(0).bad)"
    assert page.evaluate(bad) == 0
    page.locator(".without input").check()
    assert page.evaluate(bad) == read(file)["certificate"]["unsafe"] > 0
