"""Sessions and forms: what a browser does before the race, once.

A user logs in by the real form; a request is filled in on its page, hidden fields included, so
that tokens and keys are those that the application gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

import httpx

from racewalk.errors import RacewalkError
from racewalk.targets.http import encoded

_TIMEOUT: Final = 30.0
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Session:
    """Who sends a request.

    Attributes:
        name: for a person.
        login: path of the page with the form to log in by; '' where there is none.
        form: what to fill in there, as pairs; hidden fields are read from the page.
        headers: sent with every request, such as an Authorization, as pairs.
    """

    name: str
    login: str = ""
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Attributes:
        path: where to.
        form: fields to fill in, as pairs; hidden ones are read from the page.
        session: whose it is, or None for nobody's.
        method: 'POST', or another.
        page: path of the page with the form; the request's own where it is ''.
        body: sent as it is where there is no form.
        headers: further ones, as pairs.
    """

    path: str
    form: tuple[tuple[str, str], ...] | None = None
    session: Session | None = None
    method: str = "POST"
    page: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


NOBODY: Final = Session("nobody")


class Browser:
    """One session at an application: cookies, and the forms that it has seen.

    Args:
        base_url: of the application.
        session: whose; it is logged in here.

    Raises:
        RacewalkError: the application does not answer, or refuses.
    """

    def __init__(self, base_url: str, session: Session) -> None:
        self._base_url, self._session = base_url, session
        self._forms: dict[str, list[dict[str, str]]] = {}
        self._client = httpx.Client(
            base_url=base_url,
            timeout=_TIMEOUT,
            trust_env=False,
            headers=dict(session.headers),
            verify=False,  # noqa: S501 - an address of this machine
        )
        if session.login:
            self._log_in()

    def fill(self, request: Request) -> bytes:
        """Return the bytes of a request, its form filled in.

        Raises:
            RacewalkError: there is no such page.
        """
        headers = dict((*self._session.headers, *request.headers))
        body = request.body
        if request.form is not None and request.method != "GET":
            fields = self._hidden(request.page or request.path, dict(request.form))
            headers["Content-Type"] = _FORM
            body = urlencode(fields | dict(request.form)).encode()
        # The page may have set some: an application keeps what its token has to match in them.
        if cookies := "; ".join(f"{name}={value}" for name, value in self._client.cookies.items()):
            headers["Cookie"] = cookies
        return encoded(request.method, self._base_url + request.path, headers, body)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _log_in(self) -> None:
        session = self._session
        fields = self._hidden(session.login, dict(session.form)) | dict(session.form)
        answer = self._send("POST", session.login, fields)
        # A page that shows the form again has refused; one that led elsewhere has not.
        if not answer.is_redirect:
            raise RacewalkError(
                f"{session.name} cannot log in at {self._base_url}{session.login}: "
                f"it answers {answer.status_code}"
            )

    def _hidden(self, path: str, wanted: Mapping[str, str]) -> dict[str, str]:
        """The hidden fields of the form on a page that has the wanted fields."""
        if path not in self._forms:
            answer = self._send("GET", path)
            if answer.status_code != 200:
                to = answer.headers.get("location", "")
                told = f"{answer.status_code}{to and f' to {to}'}"
                raise RacewalkError(f"{self._base_url}{path} answers {told}, not a form")
            self._forms[path] = forms(answer.text)
        found = self._forms[path]
        best = max(found, key=lambda form: len(wanted.keys() & form.keys()), default={})
        return {name: value for name, value in best.items() if value is not _VISIBLE}

    def _send(
        self, method: str, path: str, data: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            return self._client.request(method, path, data=data)
        except httpx.HTTPError as error:
            raise RacewalkError(
                f"{self._base_url} does not answer ({type(error).__name__})"
            ) from None


_VISIBLE: Final = "(a field to fill in)"


class _Forms(HTMLParser):
    """Collects the fields of each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form or a field."""
        given = dict(attrs)
        if tag == "form":
            self._inside = True
            self.found.append({})
        elif self._inside and tag in ("input", "select", "textarea", "button"):
            hidden = (given.get("type") or "").lower() == "hidden"
            if name := given.get("name"):
                self.found[-1][name] = (given.get("value") or "") if hidden else _VISIBLE

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self._inside = False


def forms(page: str) -> list[dict[str, str]]:
    """Return for each form of a page its fields: of hidden ones the value, of others a mark."""
    parser = _Forms()
    parser.feed(page)
    return parser.found
