"""The races of a scenario, as `Race`s."""

from __future__ import annotations

import json
import shlex
import sys
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from racewalk.errors import RacewalkError
from racewalk.scenario.file import METHODS, Scenario
from racewalk.scenario.refusals import REFUSALS, acceptable, status_of
from racewalk.scenario.words import App, Sent, Somebody, Written
from racewalk.schedule.masks import Mask
from racewalk.schedule.outcome import Facts, Judge
from racewalk.schedule.record import Answer
from racewalk.targets.http import Response
from racewalk.targets.login import Request, Session
from racewalk.targets.race import Application, Race
from racewalk.words import name

_DATABASE: Final = "DATABASE_URL"
_ERROR: Final = 400
_FAULT: Final = 500
_UNKNOWN_USER: Final = (401, 403)
_JSON: Final = ("Content-Type", "application/json")
SERVERS: Final = {"wsgi": "gunicorn", "asgi": "uvicorn"}
"""What serves an application that is given by its path; it has to be installed."""
_GUNICORN: Final = ("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1", "--threads")
_UVICORN: Final = ("uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--no-access-log")


def race_of(scenario: Scenario, written: Written, requests: int = 0) -> Race:
    """Return a race of a scenario.

    Args:
        scenario: where it stands.
        written: which one.
        requests: the first request as often as this; 0: those that are written.

    Raises:
        ValueError: a pattern in `ignore` or `masks` is none; `load` refuses such a file.
    """
    sent = [written.requests[0]] * requests if requests else written.requests
    sessions = scenario.content.session
    logins = tuple(
        urlsplit(each.login.path).path if each.login else ""
        for each in (sessions.get(one.session, Somebody()) for one in sent)
    )
    before = [written.before] if isinstance(written.before, str) else written.before
    return Race(
        name=written.name,
        application=application_of(scenario, len(sent)),
        requests=[request_of(n, each, sessions) for n, each in enumerate(sent)],
        before=[each for each in before if each.strip()],
        facts=written.invariants,
        judges=_judges(written),
        answer=answer,
        masks=[Mask(*each) for each in written.masks.items()],
        ignore=written.ignore,
        in_order=all(each == sent[0] for each in sent),
        restore=True,
        alone=partial(
            came_alone,
            logins,
            tuple(each.alone for each in sent),
            users=tuple(each.session for each in sent),
        ),
        serial=serial(written),
    )


def _judges(written: Written) -> dict[str, Judge]:
    judges: dict[str, Judge] = {each: partial(holds, each) for each in written.invariants}
    if written.refusals is not None:
        judges[REFUSALS] = partial(acceptable, written.refusals)
    return judges


def serial(written: Written) -> bool:
    """Return whether each end of a race has to be one of those that come one after the other."""
    return not written.invariants if written.serial is None else written.serial


def application_of(scenario: Scenario, requests: int) -> Application:
    """Return what serves the requests of a scenario.

    Args:
        scenario: whose application.
        requests: how many meet in one process, where it is shared.
    """
    app = scenario.content.app
    parts = {
        field: getattr(app.database_parts, field) for field in app.database_parts.__struct_fields__
    }
    told = tuple((piece, variable) for piece, variable in parts.items() if variable)
    return Application(
        command=tuple(shlex.split(app.command)) or _served(app, requests),
        database_env=app.database_env or ("" if told else _DATABASE),
        env=tuple(sorted(app.env.items())),
        directory=scenario.directory,
        ready=app.ready,
        shared=app.shared,
        scheme=app.database_scheme,
        parts=told,
        database_alone=app.database_alone,
    )


def _served(app: App, requests: int) -> tuple[str, ...]:
    python = (sys.executable, "-m")
    if app.wsgi:
        return (*python, *_GUNICORN, str(requests if app.shared else 1), app.wsgi)
    return (*python, *_UVICORN, app.asgi)


def request_of(number: int, sent: Sent, sessions: dict[str, Somebody]) -> Request:
    """Return a request; each has a session of its own, even where two are one user's."""
    return _request(sent, _session(number, sent.session, sessions.get(sent.session, Somebody())))


def _request(sent: Sent, session: Session | None) -> Request:
    method = next(each for each in METHODS if getattr(sent, each))
    body, headers = sent.body.encode() if sent.body is not None else b"", sent.headers.items()
    more: tuple[tuple[str, str], ...] = ()
    if sent.json is not None:
        body, more = json.dumps(sent.json).encode(), (_JSON,)
    return Request(
        path=getattr(sent, method),
        form=None if sent.form is None else tuple(sent.form.items()),
        session=session,
        method=method.upper(),
        page=sent.page,
        body=body,
        headers=(*more, *headers),
        hidden=sent.csrf,
    )


def _session(number: int, user: str, somebody: Somebody) -> Session:
    login: Any = somebody.login
    who = f"{user or 'nobody'} ({name(number)})"
    headers = tuple(somebody.headers.items())
    then = tuple(_request(each, None) for each in somebody.then)
    if login is None:
        return Session(who, headers=headers, then=then)
    body = b"" if login.json is None else json.dumps(login.json).encode()
    return Session(who, login.path, tuple(login.form.items()), headers, body, login.token, then)


# What answers and facts say: functions of a module, for they travel to lanes by name


def answer(request: int, response: Response) -> Answer:
    """Return what an answer says: its status and where it leads; 'failed' from 500 on."""
    del request
    if response.status >= _FAULT:
        return Answer("failed", str(response.status))
    return Answer(str(response.status), response.headers.get("location", ""))


def came_alone(
    logins: tuple[str, ...],
    expected: tuple[int | None, ...],
    request: int,
    answer: Answer,
    users: tuple[str, ...] = (),
) -> str:
    """Return what is wrong with the answer to a request that came alone, or ''.

    Args:
        logins: for each request the path where its session logs in, or ''.
        expected: for each request the status of its answer; None: any below 400.
        request: which.
        answer: to it.
        users: for each request whose session it has.
    """
    status = status_of(answer)
    wanted = expected[request]
    to_login = urlsplit(answer.detail).path
    if answer.kind != "failed" and to_login and to_login == logins[request]:
        return f"was sent to the login page, {answer.detail}"
    if wanted is None and status >= _ERROR:
        told = f"was answered {status}, where any status below 400 is expected"
        user = users[request] if users else ""
        if status in _UNKNOWN_USER and user and users.count(user) > 1:
            told += f"; each request logs in for itself: does another log-in of {user} end its own?"
        return told
    if wanted is not None and status != wanted:
        return f"was answered {status}, where `alone` says {wanted}"
    return ""


def holds(invariant: str, facts: Facts, answers: object) -> bool:
    """Return what the SQL of an invariant said.

    Raises:
        RacewalkError: it is neither true nor false.
    """
    del answers
    if isinstance(facts[invariant], bool):
        return bool(facts[invariant])
    told = "NULL" if facts[invariant] is None else repr(facts[invariant])
    raise RacewalkError(
        f"the invariant {invariant!r} gives {told}, where true or false is expected"
    )
