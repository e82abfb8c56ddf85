"""Sessions and forms: what a browser does before the race, once.

A user logs in by the real form; a request is filled in on its page, hidden fields included, so
that tokens and keys are those that the application gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx

from racewalk.errors import RacewalkError
from racewalk.targets.http import encoded

_TIMEOUT: Final = 30.0
_FORM: Final = "application/x-www-form-urlencoded"
_IS_JSON: Final = {"Content-Type": "application/json"}
_ERROR: Final = 400
_NO_PAGE: Final = (404, 405)
"""What a path that takes no GET answers to one: there is no page with the form, and none is
needed."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DJANGO_COOKIE: Final = "csrftoken"
_DJANGO_HEADER: Final = "X-CSRFToken"
"""Where a page's own scripts put the token of that cookie, by Django's documentation."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who sends a request.

    Attributes:
        name: for a person.
        login: path of the page with the form to log in by; '' where there is none.
        form: what to fill in there, as pairs; hidden fields are read from the page.
        headers: sent with every request, such as an Authorization, as pairs.
        body: JSON that is sent to `login` in place of a form.
        token: field of the JSON answer to it, such as 'access_token' or 'data.token', that is then
            sent with every request as 'Authorization: Bearer …'.
        then: sent once they are logged in, one after the other: whatever comes before a race, such
            as to fill a basket.
    """

    name: str
    login: str = ""
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    token: str = ""
    then: tuple[Request, ...] = ()


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
        self._bearer: tuple[tuple[str, str], ...] = ()
        headers = {name.title(): value for name, value in session.headers}
        given = SimpleCookie(headers.pop("Cookie", ""))
        self._client = httpx.Client(
            base_url=base_url,
            timeout=_TIMEOUT,
            trust_env=False,
            headers=headers,
            cookies={name: morsel.value for name, morsel in given.items()},
            verify=False,  # noqa: S501 - an address of this machine
        )
        if session.login:
            self._log_in()
        for request in session.then:
            self._send_ahead(request)

    def fill(self, request: Request) -> bytes:
        """Return the bytes of a request, its form filled in.

        Raises:
            RacewalkError: there is no such page.
        """
        headers, body = self._filled(request)
        headers = dict((*self._session.headers, *self._bearer)) | headers
        # The page may have set some: an application keeps what its token has to match in them.
        cookies = dict(self._client.cookies.items())
        if told := "; ".join(f"{name}={value}" for name, value in cookies.items()):
            headers["Cookie"] = told
        return encoded(request.method, self._base_url + request.path, headers, body)

    def _filled(self, request: Request) -> tuple[dict[str, str], bytes]:
        """The headers of a request and what it sends, its form filled in."""
        headers = dict(request.headers)
        form, body = request.form if request.method != "GET" else None, request.body
        if form is None and request.page and request.method == "POST" and not body:
            form = ()  # a button, and what is hidden beside it
        if form is not None or request.page:
            page, wanted = request.page or request.path, dict(form or ())
            hidden = self._hidden(page, wanted, needed=bool(request.page))
            if form is not None:
                headers["Content-Type"] = _FORM
                body = urlencode(hidden | wanted).encode()
        cookies = dict(self._client.cookies.items())
        if _DJANGO_COOKIE in cookies and request.method not in _SAFE:
            headers.setdefault(_DJANGO_HEADER, cookies[_DJANGO_COOKIE])
        return headers, body

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _send_ahead(self, request: Request) -> None:
        headers, body = self._filled(request)
        told = {**dict(self._bearer), **headers}
        answer = self._send(request.method, request.path, content=body, headers=told)
        login = urlsplit(self._session.login).path
        to = urlsplit(answer.headers.get("location", "")).path
        if answer.status_code >= _ERROR or (to and to == login):
            raise RacewalkError(
                f"{self._session.name}: {request.method} {self._base_url}{request.path} "
                f"answers {answer.status_code}{to and f' to {to}'}"
            )

    def _log_in(self) -> None:
        session = self._session
        if session.body:
            answer = self._send("POST", session.login, content=session.body, headers=_IS_JSON)
        else:
            fields = self._hidden(session.login, dict(session.form)) | dict(session.form)
            answer = self._send("POST", session.login, data=fields)
        if why := self._refused(answer):
            raise RacewalkError(
                f"{session.name} cannot log in at {self._base_url}{session.login}: {why}"
            )
        if session.token:
            token = _field(answer, session.token)
            if not token:
                raise RacewalkError(
                    f"{session.name} cannot log in: {session.login} answers without "
                    f"{session.token!r}"
                )
            self._bearer = (("Authorization", f"Bearer {token}"),)

    def _refused(self, answer: httpx.Response) -> str:
        """Why an answer is no success, or ''."""
        session = self._session
        if answer.is_redirect:
            # Back to the form: it has refused; one that leads elsewhere has not.
            to = answer.headers.get("location", "")
            back = urlsplit(to).path == urlsplit(session.login).path
            return f"it leads back to {to}" if back else ""
        if answer.status_code >= _ERROR:
            return f"it answers {answer.status_code}"
        wanted = dict(session.form).keys()
        shown = wanted and any(wanted <= form.keys() for form in forms(answer.text))
        return f"it answers {answer.status_code}, with its form again" if shown else ""

    def _hidden(
        self, path: str, wanted: Mapping[str, str], *, needed: bool = False
    ) -> dict[str, str]:
        """The hidden fields of the form on a page that has the wanted fields.

        None where nothing answers a GET there, unless such a page is needed.
        """
        if path not in self._forms:
            answer = self._send("GET", path)
            if answer.status_code in _NO_PAGE and not needed:
                return {}
            if answer.status_code != 200:
                to = answer.headers.get("location", "")
                told = f"{answer.status_code}{to and f' to {to}'}"
                raise RacewalkError(f"{self._base_url}{path} answers {told}, not a form")
            self._forms[path] = forms(answer.text)
        found = self._forms[path]
        best = max(found, key=lambda form: len(wanted.keys() & form.keys()), default={})
        return {name: value for name, value in best.items() if value is not _VISIBLE}

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            raise RacewalkError(
                f"{self._base_url} does not answer ({type(error).__name__})"
            ) from None


def _field(answer: httpx.Response, path: str) -> str:
    """The text at a path of names within a JSON answer, or ''."""
    try:
        found = answer.json()
        for name in path.split("."):
            found = found[name]
    except (ValueError, LookupError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


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
