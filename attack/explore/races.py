"""A cell as a race: what each of its requests sends, what is read, and what an answer says."""

from __future__ import annotations

import sys
from functools import partial
from typing import Final

from psycopg import sql

from attack import answers
from attack.explore import judge
from attack.explore.cells import AMOUNT, Cell
from attack.explore.ledger import OTHERS, PARTS
from attack.stacks.gunicorn import APPLICATIONS, variables
from attack.targets import Target as Site
from racewalk import Answer, Application, Race, RacewalkError, Request, Response, Session
from shared_db.accounts import USERS, Account
from shared_db.paths import CHECKOUT

_DATABASE: Final = "DATABASE_URL"
_WARM: Final = 1
"""A round, after which the pool is filled and modules are imported."""
_SERVER: Final = (
    "argon2",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "limits.strategies",
    "logging.config",
    "psycopg",
    "shared_db.guesses",
    "shared_db.highlighted",
    "shared_db.pages",
)
_IMPORTS: Final = {
    "flask": (
        "flask_admin.contrib.sqla",
        "flask_app.auth",
        "flask_login",
        "flask_sqlalchemy",
        "flask_wtf",
        "sqlalchemy.dialects.postgresql.psycopg",
    ),
    "django": (
        "django.contrib.admin.sites",
        "django.contrib.auth.management",
        "django.core.handlers.wsgi",
        "django.core.management",
        "django.db.backends.postgresql.base",
        "django.template.loader",
        "psycopg_pool",
        "whitenoise.middleware",
    ),
}
"""What takes most of an application's start to import, and asks for no setting."""
_ERROR: Final = 500
"""The least status of an answer that tells of an error of the server's."""


def race_of(site: Site, cell: Cell) -> Race:
    """Return the race of a cell.

    Args:
        site: how to log in, what to send, how to reset and read an account.
        cell: whose requests.
    """
    facts, before = dict[str, str](), list[str]()
    read = site.read_derived_sql if cell.strategy.ledger == "derived" else site.read_sql
    for user in USERS[: cell.users]:
        parts = ", ".join(PARTS)
        facts[user.username] = f"SELECT {parts} FROM ({_filled(read, cell, user)}) AS a ({parts})"  # noqa: S608 - our own words
        before.append(_filled(site.reset_sql, cell, user))
    others = f"({_filled(site.others_sql, cell)}) AS account (username, money, paid_out)"
    facts[OTHERS] = f"SELECT count(*) FROM {others} WHERE (money, paid_out) <> ({cell.start}, 0)"  # noqa: S608 - our own words
    before.append(_filled(site.reset_others_sql, cell))
    return Race(
        name=cell.title,
        application=application(cell),
        requests=_requests(site, cell),
        before=before,
        facts=facts,
        judges=judge.judges(cell),
        answer=partial(answer, site, cell),
        in_order=cell.alike,
        warm=_WARM,
    )


def application_of(
    stack: str, threads: int, *, shared: bool = False, atomic_requests: bool = False
) -> Application:
    """Return one gunicorn with one worker, to be started for each request or for all.

    Its pool holds as many connections as requests may meet in it, and a transaction that was
    aborted is tried again at once: a pause would only cost time, since the scheduler decides who
    goes on. For the same reason nothing times out. Nothing is prepared: a driver that counts what
    it has sent says the same in two ways, and can't be remembered.

    Args:
        stack: which.
        threads: how many requests it serves at once.
        shared: whether all requests meet in it.
        atomic_requests: Django's setting of this name.
    """
    env = variables(stack, "") | {
        "BIND": "fd://{fd}",
        "WORKERS": "1",
        "THREADS": str(threads),
        "POOL_SIZE": str(threads),
        "RETRY_CAP_MS": "0",
        "PREPARE": "0",
        "ATOMIC_REQUESTS": str(int(atomic_requests)),
        "LOCK_TIMEOUT_MS": "0",
        "STATEMENT_TIMEOUT_MS": "0",
    }
    gunicorn = (sys.executable, "-m", "gunicorn", "--config", "python:shared_db.gunicorn_conf")
    return Application(
        command=(*gunicorn, APPLICATIONS[stack]),
        database_env=_DATABASE,
        env=tuple(sorted((name, value) for name, value in env.items() if name != _DATABASE)),
        directory=CHECKOUT,
        ready="/healthz",
        shared=shared,
        logins=stack,
        imports=(*_SERVER, *_IMPORTS[stack]),
        database_alone=True,
    )


def application(cell: Cell) -> Application:
    """Return what serves the requests of a cell."""
    shared = cell.workers == 1
    threads = cell.requests if shared else 1
    return application_of(
        cell.stack, threads, shared=shared, atomic_requests=cell.case.atomic_requests
    )


def _requests(site: Site, cell: Cell) -> list[Request]:
    made = list[Request]()
    for racer in cell.racers:
        user = USERS[racer.user]
        login = ((site.username_field, user.username), (site.password_field, user.password))
        session = Session(user.username, site.login_path, login)
        if racer.beside:
            other = site.beside[racer.beside]
            fields = tuple(
                (field, value.format(username=user.username))
                for field, value in other.fields.items()
            )
            made.append(Request(other.path, fields, session, other.method))
            continue
        form = [(site.amount_field, str(AMOUNT))]
        if cell.strategy.keyed:
            # Each schedule begins with an empty log, so a key need not be a new one.
            form.append((site.key_field, f"intent-{0 if cell.one_intent else len(made)}"))
        path = site.request_path.format(number=cell.strategy.number)
        made.append(Request(path, tuple(form), session))
    return made


def answer(site: Site, cell: Cell, request: int, response: Response) -> Answer:
    """Return what an answer says.

    paid, refused, failed (given up, with 503) are told by a withdrawal alone, done by what was sent
    beside one. unknown: an error, or a page that did not do what it was asked for.

    Raises:
        RacewalkError: the request did not reach what it was sent to, so the schedule says nothing.
    """
    status, location = response.status, response.headers.get("location", "")
    if name := cell.racers[request].beside:
        fate = answers.fate_beside(site, site.beside[name], status, location)
    else:
        by_withdraw = answers.span(response.headers) is not None
        fate = answers.fate(site, status, location, by_withdraw=by_withdraw)
    match fate:
        case "paid" | "done":
            return Answer(fate)
        case "refused" if status < _ERROR:
            return Answer("refused", "" if status == site.success_status else str(status))
        case "refused":
            return Answer("failed", str(status))
        case "unknown" if status >= _ERROR or (name and not location):
            return Answer("unknown", str(status))
    to = f" to {location}" if location else ""
    raise RacewalkError(f"request {request} was answered {status}{to}: by whom, nobody knows")


def _filled(query: str, cell: Cell, user: Account | None = None) -> str:
    """Put the values of a user's account, or of all that race, into a query of the site's."""
    values = {
        "username": user.username if user else None,
        "usernames": [each.username for each in USERS[: cell.users]],
        "start": cell.start,
        "forbid_overdraft": cell.strategy.forbid_overdraft,
    }
    literals = {name: sql.Literal(value).as_string() for name, value in values.items()}
    return (query % literals).strip().rstrip(";")
