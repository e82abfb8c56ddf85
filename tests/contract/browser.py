"""A person's browser: pages, forms filled with what they already hold, cookies."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAIN_FORM = "main form"
GUESS_FORM = "main #guess form"
TIMEOUT_S = 30.0
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and dear to make with certificates
# A connection for each request: a server may close one it kept at the moment of its next use, and
# a test must not fail on what every browser tries again.
_LIMITS = httpx.Limits(max_keepalive_connections=0)
Fields = dict[str, str]
Form = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Page:
    """One answer of a stack, as a person reads it."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        """Where the answer redirects to, as it says so; empty where it does not."""
        return str(self.response.headers.get("location", ""))

    @cached_property
    def html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.response.text)

    @property
    def messages(self) -> list[str]:
        """The flashed messages."""
        return self._texts(".message:not([role=note])")

    @property
    def errors(self) -> list[str]:
        """The errors at the fields of the form."""
        return self._texts("[role=alert]:not(.message)")

    @property
    def main(self) -> str:
        """The text of the page without its header, blanks folded."""
        return " ".join(self._texts("main"))

    def text(self, selector: str) -> str:
        """Return the text of the one element that the selector finds."""
        (text,) = self._texts(selector)
        return text

    def fields(self, selector: str = MAIN_FORM) -> Fields:
        """Return what a form would send as it stands."""
        return _fields(self._form(selector))

    def action(self, selector: str = MAIN_FORM) -> str:
        """Return the path that a form is sent to."""
        action = self._form(selector).attributes.get("action") or ""
        parts = urlsplit(urljoin(str(self.response.url), action))
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _form(self, selector: str) -> LexborNode:
        form = self.html.css_first(selector)
        assert form is not None, f"{self.response.url} has no form {selector} ({self.status})"
        return form

    def _texts(self, selector: str) -> list[str]:
        return [" ".join(node.text().split()) for node in self.html.css(selector)]


class Browser:
    """A browser on one stack; it follows no redirect by itself."""

    def __init__(self, base_url: str, cookies: httpx.Cookies | None = None) -> None:
        self.base_url = base_url
        self.client = httpx.Client(verify=_TLS, trust_env=False, timeout=TIMEOUT_S, limits=_LIMITS)
        if cookies:
            self.client.cookies.update(cookies)

    @property
    def cookies(self) -> httpx.Cookies:
        return self.client.cookies

    def request(
        self,
        method: str,
        path: str,
        data: Form | None = None,
        headers: dict[str, str] | None = None,
    ) -> Page:
        """Send a request as it is given."""
        return Page(self.client.request(method, self.base_url + path, data=data, headers=headers))

    def get(self, path: str) -> Page:
        """Open a page."""
        return self.request("GET", path)

    def post(self, path: str, data: Form | None = None) -> Page:
        """Send a form made by hand, without the fields that a page would add."""
        return self.request("POST", path, data)

    def submit(self, page: Page, values: Fields | None = None, form: str = MAIN_FORM) -> Page:
        """Fill in a page's form and send it to where it says."""
        return self.post(page.action(form), page.fields(form) | (values or {}))

    def fill(self, path: str, values: Fields | None = None, form: str = MAIN_FORM) -> Page:
        """Open a page, fill in its form, send it."""
        return self.submit(self.get(path), values, form)

    def log_in(self, username: str, password: str) -> Page:
        """Log in by the form."""
        return self.fill("/login", {"username": username, "password": password})

    def guess(self, path: str, letter: str) -> Page:
        """Answer the question of a strategy's page."""
        return self.fill(path, {"guess": letter}, GUESS_FORM)

    def close(self) -> None:
        """Close the connection."""
        self.client.close()


def _fields(form: LexborNode) -> Fields:
    fields: Fields = {}
    for node in form.css("input, select, textarea"):
        name, kind = node.attributes.get("name"), node.attributes.get("type")
        if not name or kind in ("submit", "file"):
            continue
        assert name not in fields, f"the form has two fields {name}"
        if node.tag == "select":
            chosen = node.css_first("option[selected]")
            fields[name] = (chosen.attributes.get("value") or "") if chosen else ""
        elif node.tag == "textarea":
            fields[name] = node.text()
        elif kind not in ("checkbox", "radio") or "checked" in node.attributes:
            fields[name] = node.attributes.get("value") or ""
    return fields
