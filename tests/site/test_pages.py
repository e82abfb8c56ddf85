"""The site in a real browser, opened from the disk: a vote comes before its answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility import TAGS

pytestmark = pytest.mark.acceptance

LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (width, scheme) for width in (360, 1280) for scheme in ("light", "dark")
]
PAGES = (
    "index.html",
    "first.html",
    "lessons/01.html",
    "lessons/07.html",
    "two-balances.html",
    "by-hand.html",
    "glossary.html",
    "teach/45.html",
    "teach/handout.html",
    "choosing.html",
    "whatif.html",
)


def findings(page: Page) -> list[str]:
    """Return what axe finds on a page, the theme's frame and all."""
    # What axe would fetch beforehand, a page that was opened from a disk may not.
    options = {"runOnly": {"type": "tag", "values": TAGS}, "preload": False}
    answer = Axe().run(page, options=options).response
    assert len(answer["passes"]) > 10, "axe has looked at next to nothing"
    return [
        f"{found['id']}: {node['html'][:120]}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]


def opened(browser: Browser, file: Path, scripts: bool = True) -> tuple[Page, list[str]]:
    """Open a page from the disk, offline; return it with what it says and asks of the network."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, offline=True, java_script_enabled=scripts
    )
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url) if asked.url[:5] == "http:" else None)
    page.on("request", lambda asked: said.append(asked.url) if asked.url[:6] == "https:" else None)
    page.goto(file.as_uri())
    return page, said


@pytest.fixture
def lesson(chromium: Browser, site: Path) -> Iterator[Page]:
    """Return the first lesson, before the vote."""
    page, said = opened(chromium, site / "lessons/01.html")
    yield page
    assert said == []
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_page_is_silent_accessible_and_as_wide_as_the_screen(
    chromium: Browser, site: Path, name: str, look: tuple[int, Literal["light", "dark"]]
) -> None:
    page, said = opened(chromium, site / name)
    width, scheme = look
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for choice in page.locator(".question").all():
        choice.locator(".choice").first.click()
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert findings(page) == []
    page.context.close()


def test_nothing_but_the_question_is_shown_before_the_vote(lesson: Page) -> None:
    for part in ("look", "predict"):
        expect(lesson.locator(f"section#{part}")).to_be_visible()
    for part in ("step", "run", "explain", "in-real-life", "key-points"):
        expect(lesson.locator(f"section#{part}")).to_be_hidden()
    expect(lesson.locator(".answer")).to_be_hidden()
    assert "no_lock" not in lesson.locator("article").inner_text()


def test_the_stepper_is_walked_by_keys(lesson: Page) -> None:
    lesson.locator('[data-says="right"] .choice').click()
    stepper = lesson.locator('[data-stepper="flask-no_lock"]')
    stepper.locator("button").first.focus()
    possible = stepper.locator(".possible")
    expect(possible).to_contain_text("Orders still possible: 92")
    for key, order in (("a", "A"), ("b", "AB"), ("z", "A"), ("b", "AB")):
        lesson.keyboard.press(key)
        assert lesson.evaluate("location.hash") == f"#flask-no_lock-10={order}"
    expect(possible).to_contain_text("Orders still possible: 24")
    expect(stepper.locator(".lines > li")).to_have_count(2)


def test_a_wrong_vote_is_told_which_belief_it_rests_on(lesson: Page) -> None:
    lesson.locator('[data-says="M3"] .choice').click()
    expect(lesson.locator(".question [role=status]")).to_have_text("You voted a. Right is c.")
    expect(lesson.locator(".wrong .chosen")).to_contain_text("M3")
    expect(lesson.locator("section#explain")).to_be_visible()


def test_a_right_vote_is_told_so(lesson: Page) -> None:
    lesson.locator('[data-says="right"] .choice').press("Enter")
    expect(lesson.locator(".question [role=status]")).to_have_text("You voted c, and it is right.")
    assert lesson.locator(".wrong .chosen").count() == 0


def test_a_link_into_a_lesson_shows_what_it_leads_to(chromium: Browser, site: Path) -> None:
    page, _ = opened(chromium, site / "lessons/01.html")
    page.goto((site / "lessons/01.html").as_uri() + "#explain")
    page.reload()
    expect(page.locator("section#explain")).to_be_visible()
    page.context.close()


def test_without_scripts_all_is_there_and_the_answer_is_closed(
    chromium: Browser, site: Path
) -> None:
    page, _ = opened(chromium, site / "lessons/01.html", scripts=False)
    expect(page.locator("section#explain")).to_be_visible()
    expect(page.locator(".answer-body")).to_be_hidden()
    page.locator(".answer > summary").click()
    expect(page.locator(".answer-body")).to_be_visible()
    page.context.close()


def test_the_slides_ask_their_questions(chromium: Browser, site: Path) -> None:
    page, said = opened(chromium, site / "slides/index.html")
    page.wait_for_function("Reveal.isReady()")
    assert page.locator(".question").count() == 3
    assert page.locator("aside.notes").count() >= page.evaluate("Reveal.getTotalSlides()")
    page.evaluate(
        "Reveal.slide(...Object.values(Reveal.getIndices(document.querySelector"
        "('.question').closest('section'))).slice(0, 2))"
    )
    page.locator(".question").first.locator('[data-says="right"] .choice').click()
    expect(page.locator(".question").first.locator(".answer-body")).to_be_visible()
    assert said == []
    page.context.close()


def test_no_table_is_cut_off_on_a_desk(chromium: Browser, site: Path) -> None:
    page, _ = opened(chromium, site / "index.html")
    cut, tables = list[str](), 0
    for file in sorted(site.rglob("*.html")):
        page.goto(file.as_uri())
        widths = page.locator("main table, article table").evaluate_all(
            "all => all.map(each => [each.scrollWidth, each.parentElement.clientWidth])"
        )
        tables += len(widths)
        cut += [f"{file.name}: {table} of {room}" for table, room in widths if table > room + 1]
    assert cut == []
    assert tables > 50
    page.context.close()


def test_on_a_slide_all_of_the_stepper_is_shown(chromium: Browser, site: Path) -> None:
    page, said = opened(chromium, site / "slides/index.html")
    page.wait_for_function("Reveal.isReady()")
    page.evaluate(
        "Reveal.slide(...Object.values(Reveal.getIndices(document.querySelector"
        "('[data-stepper]').closest('section'))).slice(0, 2))"
    )
    stepper = page.locator("[data-stepper]").first
    for part in ("Source", "What happened", "Database", "In Python"):
        expect(stepper.locator("h3", has_text=part)).to_be_visible()
    stepper.locator(".moves button").first.click()
    expect(stepper.locator(".lines > li")).to_have_count(1)
    assert said == []
    page.context.close()


def test_the_hand_out_is_one_sheet(chromium: Browser, site: Path, tmp_path: Path) -> None:
    page, _ = opened(chromium, site / "teach/handout.html")
    printed = page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") == 1
    page.context.close()


@pytest.mark.parametrize("file", ["lessons/01.html", "whatif.html"])
def test_on_paper_both_applications_are_shown(chromium: Browser, site: Path, file: str) -> None:
    page, _ = opened(chromium, site / file, scripts=False)
    page.emulate_media(media="print")
    both = 0
    for tabs in page.locator(".sd-tab-set").all():
        names, shown = tabs.locator(":scope > label"), tabs.locator(":scope > .sd-tab-content")
        both += names.all_inner_texts() == ["Flask", "Django"]
        tops = []
        for name, below in zip(names.all(), shown.all(), strict=True):
            expect(below).to_be_visible()
            tops += [box["y"] for each in (name, below) if (box := each.bounding_box())]
        assert len(tops) == 2 * names.count()
        assert tops == sorted(tops), "each is below its name"
    assert both
    page.context.close()
