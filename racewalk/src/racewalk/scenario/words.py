"""What may stand in a scenario, as plain data: each class is a table of the file."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Parts(Struct, frozen=True, forbid_unknown_fields=True):
    """`database_parts`: the variables that take the proxy's address piece by piece; '' for none."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    name: str = ""


class App(Struct, frozen=True, forbid_unknown_fields=True):
    """`[app]`: what serves the requests.

    Attributes:
        command: a command line, in which {port} and {fd} stand for the port to listen on.
        wsgi, asgi: in its place, an application by its path, 'shop.wsgi:application'.
        directory: where it runs, from the file's folder.
        env: further variables.
        database_env: the variable that takes the database's URL.
        database_scheme: what that URL begins with, such as 'postgresql+asyncpg'.
        database_parts: variables that take the pieces of the address.
        ready: path that answers below 500 once it has started.
        shared: whether all requests meet in one process.
        database_alone: that its processes share nothing beside the database.
    """

    command: str = ""
    wsgi: str = ""
    asgi: str = ""
    directory: str = "."
    env: dict[str, str] = field(default_factory=dict)
    database_env: str = ""
    database_scheme: str = "postgresql"
    database_parts: Parts = Parts()
    ready: str = "/"
    shared: bool = False
    database_alone: bool = False


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """`[database]`: on which server, and what is done once on an empty database."""

    url: str = ""
    setup: list[str] = field(default_factory=list)


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody logs in: a form on a page, or JSON; `token` is a field of a JSON answer."""

    path: str
    form: dict[str, str] = field(default_factory=dict)
    json: Any = None
    token: str = ""


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """One of `requests`.

    Attributes:
        session: whose, or '' for nobody's.
        get, post, put, patch, delete: the path; one of them.
        form, json, body: what is sent; one of them at the most.
        page: path of the page with the form, for its hidden fields.
        csrf: whether those are read, such as a CSRF token.
        headers: further ones.
        alone: the status that it is answered with where it comes alone; any below 400 by default.
    """

    session: str = ""
    get: str = ""
    post: str = ""
    put: str = ""
    patch: str = ""
    delete: str = ""
    form: dict[str, str] | None = None
    json: Any = None
    body: str | None = None
    page: str = ""
    csrf: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    alone: int | None = None


class Somebody(Struct, frozen=True, forbid_unknown_fields=True):
    """`[session.NAME]`: who sends requests.

    Attributes:
        login: how they log in.
        headers: sent with each request.
        then: sent once they are logged in, one after the other, before any race.
    """

    login: Login | None = None
    headers: dict[str, str] = field(default_factory=dict)
    then: list[Sent] = field(default_factory=list)


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[race]]`; see docs/scenarios.md."""

    name: str
    requests: list[Sent]
    before: str | list[str] = ""
    invariants: dict[str, str] = field(default_factory=dict)
    serial: bool | None = None
    ignore: list[str] = field(default_factory=list)
    masks: dict[str, str] = field(default_factory=dict)
    refusals: str | list[int] | None = None
    expected: str = "safe"


class Content(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    app: App
    race: list[Written]
    database: Place = Place()
    session: dict[str, Somebody] = field(default_factory=dict)
