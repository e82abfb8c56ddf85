"""The one stylesheet, and the health check."""

from shared_db.paths import STATIC
from tests.contract.browser import Browser


def test_stylesheet_of_the_page(visitor: Browser) -> None:
    link = visitor.get("/login").html.css_first("link[rel=stylesheet]")
    assert link is not None
    answer = visitor.get(link.attributes["href"] or "").response
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == "text/css"
    assert answer.content == (STATIC / "style.css").read_bytes()


def test_health(visitor: Browser) -> None:
    page = visitor.get("/healthz")
    assert (page.status, page.response.text) == (200, "ok")
    assert page.response.headers["content-type"].partition(";")[0] == "text/plain"
    assert "set-cookie" not in page.response.headers
