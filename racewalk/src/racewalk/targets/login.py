"""Sessions and forms: what a browser does before the race, once.

A user logs in by the real form; a request is filled in on its page, hidden fields included, so
that tokens and keys are those that the application gave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx

from racewalk.errors import RacewalkError
from racewalk.targets.bounds import fetch
from racewalk.targets.forms import Form, forms, meant
from racewalk.targets.heard import Rest, heard
from racewalk.targets.http import Response, encoded

_TIMEOUT: Final = 30.0
_FORM: Final = "application/x-www-form-urlencoded"
_IS_JSON: Final = {"Content-Type": "application/json"}
_ERROR: Final = 400
_NO_PAGE: Final = (404, 405)
"""What a path that takes no GET answers to one: there is no page with the form, and none is
needed."""
_NO_FORM: Final = "set `page` to the path of its form, or `csrf = false` where it needs no token"
_TURNED_AWAY: Final = (400, 401, 403, 404)
"""What those are answered whom an application does not know, as the one or the other has it."""
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
        hidden: whether the page is read for hidden fields, such as a CSRF token.
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
    hidden: bool = True


NOBODY: Final = Session("nobody")


class LoggedIn(NamedTuple):
    """What tells an application who is logged in: cookies, and a header of a token."""

    cookies: httpx.Cookies
    bearer: tuple[tuple[str, str], ...]


class Browser:
    """One session at an application: cookies, and the forms that it has seen.

    Args:
        base_url: of the application.
        session: whose; it is logged in here.
        log: what the application prints, to be named where it refuses; or None.
        known: what another that shares its log-ins has given; None: it is logged in here.
        rest: waits until the application has printed what it prints; see `heard`.

    Attributes:
        is_borrowed: whether its log-in was given by another application.

    Raises:
        RacewalkError: the application does not answer, or refuses.
    """

    def __init__(
        self,
        base_url: str,
        session: Session,
        log: Path | None = None,
        known: LoggedIn | None = None,
        rest: Rest = lambda: None,
    ) -> None:
        self._base_url, self._session, self._log = base_url, session, log
        self._rest = rest
        self._forms: dict[str, list[Form]] = {}
        self.is_borrowed = known is not None
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
        if known:
            self._client.cookies.update(known.cookies)
            self._bearer = known.bearer
            return
        if session.login:
            self._log_in()
        for request in session.then:
            self._send_ahead(request)

    @property
    def logged_in(self) -> LoggedIn:
        """What tells an application who this is."""
        return LoggedIn(httpx.Cookies(self._client.cookies), self._bearer)

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
            found = self._form(page, request.path, wanted, request) if request.hidden else Form()
            if form is not None:
                headers["Content-Type"] = _FORM
                body = urlencode(found.hidden | wanted).encode()
        cookies = dict(self._client.cookies.items())
        if _DJANGO_COOKIE in cookies and request.method not in _SAFE:
            headers.setdefault(_DJANGO_HEADER, cookies[_DJANGO_COOKIE])
        return headers, body

    def is_turned_away(self, answer: Response) -> bool:
        """Return whether an answer may say that a log-in of another application does not hold."""
        login, wanted = self._session.login, dict(self._session.form)
        to = urlsplit(answer.headers.get("location", "")).path
        return self.is_borrowed and (
            answer.status in _TURNED_AWAY
            or (bool(to) and to.rstrip("/") == urlsplit(login).path.rstrip("/"))
            or (bool(wanted) and _asks_for(wanted, answer.body.decode(errors="replace")))
        )

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
                f"answers {answer.status_code}{to and f' to {to}'}{self._heard(answer)}"
            )

    def _log_in(self) -> None:
        session = self._session
        if session.body:
            answer = self._send("POST", session.login, content=session.body, headers=_IS_JSON)
        else:
            wanted = dict(session.form)
            form = self._form(session.login, session.login, wanted)
            answer = self._send("POST", session.login, data=form.hidden | wanted)
        if why := self._refused(answer):
            raise RacewalkError(
                f"{session.name} cannot log in at {self._base_url}{session.login}: {why}"
                f"{self._strange_fields()}{self._heard(answer)}"
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
        wanted = dict(session.form)
        known = self._meant(wanted).visible if wanted else set()
        shown = any(
            not form.lacks(wanted) or (known and known <= form.visible)
            for form in (forms(answer.text) if wanted else [])
        )
        return f"it answers {answer.status_code}, with its form again" if shown else ""

    def _strange_fields(self) -> str:
        """Which fields of a log-in its form does not have, where there is a form; or ''."""
        wanted = dict(self._session.form)
        form = self._meant(wanted)
        lacks = ", ".join(map(repr, form.lacks(wanted)))
        names = ", ".join(map(repr, sorted(form.visible)))
        return f"; its form has no {lacks}, but {names}" if names and lacks else ""

    def _meant(self, wanted: Mapping[str, str]) -> Form:
        """The form to log in by, as far as its page was seen."""
        login = self._session.login
        return meant(self._forms.get(login, []), login, login, wanted)

    def _heard(self, answer: httpx.Response) -> str:
        more = heard(answer.status_code, answer.headers, answer.content, self._log, self._rest)
        return f" ({more})" if more else ""

    def _form(
        self, page: str, path: str, wanted: Mapping[str, str], request: Request | None = None
    ) -> Form:
        """The form on a page that a request to a path fills in; see `meant`.

        An empty one where nothing answers a GET there, unless the request names the page. Without
        a request it is the form of the log-in.
        """
        if page not in self._forms:
            answer = self._send("GET", page)
            if answer.status_code in _NO_PAGE and not (request and request.page):
                return Form()
            if answer.status_code != 200:
                to = answer.headers.get("location", "")
                told = f"GET {page} answered {answer.status_code}{to and f' to {to}'}"
                asked = (
                    f"{request.method} {path}" if request else f"the log-in of {self._session.name}"
                )
                raise RacewalkError(
                    f"{told}, not the form of {asked}{self._heard(answer)}",
                    cure=_NO_FORM if request else None,
                )
            self._forms[page] = forms(answer.text)
        return meant(self._forms[page], page, path, wanted)

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return fetch(self._client, method, path, **more)
        except httpx.HTTPError as error:
            late = isinstance(error, httpx.TimeoutException)
            why = f"within {_TIMEOUT:g} s" if late else "or ends the connection in the midst of it"
            log = f"; its log is {self._log}" if self._log else ""
            raise RacewalkError(
                f"{method} {self._base_url}{path}: the application does not answer {why}{log}"
            ) from None


def _asks_for(wanted: Collection[str], page: str) -> bool:
    """Whether a page has a form with these fields."""
    return any(not form.lacks(wanted) for form in forms(page))


def _field(answer: httpx.Response, path: str) -> str:
    """The text at a path of names within a JSON answer, or ''."""
    try:
        found = answer.json()
        for name in path.split("."):
            found = found[name]
    except (ValueError, LookupError, TypeError):
        return ""
    return found if isinstance(found, str) else ""
