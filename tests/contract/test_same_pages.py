"""Both stacks say the same: the text of their pages, compared."""

import pytest

from shared_db import catalogue
from tests.conftest import STACKS
from tests.contract.accounts import Accounts
from tests.contract.browser import Browser, Page
from tests.contract.conftest import OpenAs

# What may differ, and why.
DIFFERENCES = {
    "Flask + SQLAlchemy": "the label that tells a person which stack they look at",
    "Django + its ORM": "the same label of the other stack",
    "· Flask": "the same in the title of the window",
    "· Django": "the same in the title of the window",
    "This page in Django": "each links to its twin on the other stack",
    "This page in Flask": "the same link of the other stack",
    "flask_app/strategies/": "the file that runs is each stack's own",
    "django_app/strategies/": "the same file of the other stack",
}
# The code, the request and the order that was recorded are each stack's own.
OWN = "pre, #order > *"
PATHS = ["/", "/email", *(each.path for each in catalogue.strategies()), "/login", "/nothing"]


def words(page: Page) -> str:
    """Return the text of a page, titles and fields included, without what may differ."""
    head, body = page.html.css_first("title"), page.html.body
    assert head is not None
    assert body is not None
    for own in body.css(OWN):
        own.decompose()
    fields = [
        f"[{node.attributes.get('type')} {node.attributes.get('name')} "
        f"{node.attributes.get('value')} {node.attributes.get('autocomplete')}]"
        for node in body.css("input:not([type=hidden])")
    ]
    text = " ".join(f"{page.status} {head.text()} {body.text(separator=' ')} {fields}".split())
    for difference in DIFFERENCES:
        text = text.replace(difference, "")
    return " ".join(text.split())


def elements(page: Page) -> list[str]:
    """Return the elements of a page and their classes: both look alike by one stylesheet."""
    for own in page.html.css(OWN):
        own.decompose()
    nodes = page.html.css("body *:not(input[type=hidden])")
    return [f"{node.tag} {node.attributes.get('class')} {node.id}" for node in nodes]


def both(first: Page, second: Page) -> bool:
    """Hold two pages against each other."""
    assert words(first) == words(second)
    assert elements(first) == elements(second)
    return True


@pytest.fixture
def pair(open_as: OpenAs, accounts: Accounts) -> tuple[Browser, Browser]:
    """Return a browser on each stack, in which one user is logged in who withdrew already."""
    accounts.give("erin", 10)
    browsers = [open_as(stack, "erin") for stack in STACKS]
    browsers[0].fill("/withdraw4", {"amount": "2"})
    browsers[0].get("/")
    return browsers[0], browsers[1]


@pytest.fixture
def visitors(urls: dict[str, str]) -> tuple[Browser, Browser]:
    """Return a browser on each stack without any cookie."""
    first, second = (Browser(urls[stack]) for stack in STACKS)
    return first, second


@pytest.mark.parametrize("path", PATHS)
def test_page(pair: tuple[Browser, Browser], path: str) -> None:
    assert both(pair[0].get(path), pair[1].get(path))


@pytest.mark.parametrize("letter", ["a", "c"])
@pytest.mark.parametrize("path", [each.path for each in catalogue.strategies()])
def test_page_after_a_guess(pair: tuple[Browser, Browser], path: str, letter: str) -> None:
    locations = [browser.guess(path, letter).location for browser in pair]
    assert locations == [f"{path}#guess"] * 2
    assert both(pair[0].get(path), pair[1].get(path))
    assert both(pair[0].get("/"), pair[1].get("/"))


@pytest.mark.parametrize("path", ["/login", "/nothing"])
def test_page_for_a_visitor(visitors: tuple[Browser, Browser], path: str) -> None:
    assert both(visitors[0].get(path), visitors[1].get(path))


@pytest.mark.parametrize("amount", ["ten", "0", "2147483648", "1000", "<b>"])
def test_refused_withdrawal(pair: tuple[Browser, Browser], amount: str) -> None:
    first, second = (browser.fill("/withdraw1", {"amount": amount}) for browser in pair)
    assert both(first, second)


def test_home_after_a_withdrawal(pair: tuple[Browser, Browser], accounts: Accounts) -> None:
    """Each stack withdraws once; then the balances and histories are one."""
    texts = []
    for browser in pair:
        accounts.give("erin", 10)
        browser.fill("/withdraw1", {"amount": "3"})
        page = browser.get("/")
        for cell in page.html.css("#history td:not(.number)"):
            cell.decompose()  # the number and the time of a withdrawal are its own
        for earlier in page.html.css("#history tr")[2:]:
            earlier.decompose()  # where accounts are given money by pages, their history stays
        texts.append((words(page), elements(page)))
    assert texts[0] == texts[1]


def test_refused_login(visitors: tuple[Browser, Browser]) -> None:
    assert both(*(browser.log_in("erin", "wrong") for browser in visitors))


def test_refused_token(pair: tuple[Browser, Browser]) -> None:
    assert both(*(browser.post("/withdraw1", {"amount": "1"}) for browser in pair))


def test_refused_body(pair: tuple[Browser, Browser]) -> None:
    assert both(*(browser.post("/withdraw1", {"pad": "x" * 70_000}) for browser in pair))


def test_refused_admin(pair: tuple[Browser, Browser]) -> None:
    assert both(*(browser.get("/admin/") for browser in pair))
