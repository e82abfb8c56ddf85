"""Each page links to the same page on the other stack."""

from urllib.parse import urlsplit

import pytest

from shared_db import twin
from tests.conftest import STACKS
from tests.contract.browser import Browser, Page
from tests.contract.conftest import LogIn


def twin_of(page: Page) -> str:
    """Return where the link leads."""
    (link,) = page.html.css("header .twin, #user-tools a[href^=http]")
    return link.attributes["href"] or ""


@pytest.mark.parametrize("path", ["/", "/withdraw3", "/login", "/nothing-here", "/caf%C3%A9"])
def test_link_leads_to_the_same_page(
    log_in: LogIn, stack: str, urls: dict[str, str], path: str
) -> None:
    (other,) = set(STACKS) - {stack}
    there = twin_of(log_in("alice").get(path))
    assert there == urls[other] + path
    back = Browser(urls[other])
    assert back.log_in("alice", "alice").status == 302
    assert twin_of(back.get(path)) == urls[stack] + path


def test_admin_leads_to_the_other_admin(log_in: LogIn, stack: str, urls: dict[str, str]) -> None:
    (other,) = set(STACKS) - {stack}
    assert twin_of(log_in("admin").get("/admin/")) == f"{urls[other]}/admin/"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:1", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("flask:8000", "127.0.0.1"),
        ("evil.example", "127.0.0.1"),
        ('"><b>', "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_link_stays_on_this_machine(host: str, name: str) -> None:
    assert urlsplit(twin.twin_of("flask", host, "/withdraw1").url).hostname == name


@pytest.mark.parametrize("path", ['/"><b>', "/a b", "//evil.example/", "/withdraw1?next=/x"])
def test_path_is_quoted(path: str) -> None:
    url = twin.twin_of("django", "localhost", path).url
    assert urlsplit(url).hostname == "localhost"
    assert not set(url) & set('"<> ?')
