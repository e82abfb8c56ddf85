"""Both stacks look alike, on a desk and on a phone."""

import pytest
from playwright.sync_api import Page

from tests.browser import walk
from tests.browser.conftest import USER, OpenPage
from tests.conftest import STACKS

pytestmark = pytest.mark.acceptance

WIDTHS = {"desk": 1100, "phone": 360}
GUESSED = "/withdraw12"
PATHS = ["/", "/email", "/withdraw1", GUESSED, "/nothing-here", "/login"]
# What names a stack has a width of its own: the label, the link to the twin, the path of the code.
# What is recorded is each stack's own, and so is the request.
BOXES = """
() => [...document.querySelectorAll('body *')]
    .filter(node => !node.matches('.stack, .twin, details, details *, input[type=hidden]'))
    .filter(node => !node.closest('#order, pre'))
    .map(node => {
  const box = node.getBoundingClientRect();
  // Below what is each stack's own only the side counts.
  const own = document.querySelector('#order');
  const below = own && own.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const around = node.contains(own);
  const sides = (below || around ? ['x', 'width'] : ['x', 'y', 'width', 'height'])
    .map(side => Math.round(box[side]));
  return [node.tagName, node.className, ...sides];
})
"""


def pages(open_page: OpenPage, width: int) -> list[Page]:
    """Return a page on each stack, logged in."""
    opened = [open_page(stack, width) for stack in STACKS]
    for page in opened:
        walk.log_in(page, USER)
        page.goto(GUESSED)
        walk.guess(page, "c")
    return opened


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_every_element_has_the_same_place(open_page: OpenPage, width: int) -> None:
    first, second = pages(open_page, width)
    for path in PATHS:
        boxes = []
        for page in (first, second):
            page.goto(path)
            boxes.append(page.evaluate(BOXES))
        assert len(boxes[0]) > 10
        assert boxes[0] == boxes[1], path


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_nothing_is_wider_than_the_window(open_page: OpenPage, width: int) -> None:
    for page in pages(open_page, width):
        for path in PATHS:
            page.goto(path)
            widest = page.evaluate(
                "() => Math.max(...[...document.querySelectorAll('body *')]"
                # A picture scrolls within its frame.
                ".filter(node => !node.parentElement.closest('.scroll'))"
                ".map(node => node.getBoundingClientRect().right))"
            )
            assert widest <= width, path
