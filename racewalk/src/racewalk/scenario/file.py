"""Reads a scenario. Whatever is wrong with it is one line that says where, and what helps."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import msgspec

from racewalk.errors import ScenarioError
from racewalk.files import read_text
from racewalk.scenario.refusals import REFUSALS, problems
from racewalk.scenario.texts import shortened, wrong_command, wrong_json, wrong_path, wrong_texts
from racewalk.scenario.variables import expanded
from racewalk.scenario.words import App, Content, Login, Sent, Written
from racewalk.schedule.masks import Mask, Masks
from racewalk.schedule.schedule import MOST_REQUESTS
from racewalk.words import Verdict

_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(.*)`)?", re.S)
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`(?: - at `\$(.*)`)?")
_WRONG: Final = re.compile(r"(.*?)(?: - at `\$(.*)`)?", re.S)
_KINDS: Final = {
    "str": "a text in quotes",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table in { }",
    "float": "a number",
    "null": "nothing",
}
METHODS: Final = ("get", "post", "put", "patch", "delete")
_BOUNDED: Final = re.compile(r"safe up to [0-9]{1,9} preemptions?")
_LARGEST: Final = 1024 * 1024
"""Bytes of a scenario."""
_LONGEST_NAME: Final = 200
"""Bytes of a race's name: files are named after it."""
_STATUSES: Final = range(100, 600)


@dataclass(frozen=True)
class Scenario:
    """A file that was read and is as it should be.

    Attributes:
        path: of the file; its folder is where `directory` starts from.
        content: what stands in it.
    """

    path: Path
    content: Content

    @property
    def directory(self) -> Path:
        """Where the application runs."""
        return (self.path.parent / self.content.app.directory).resolve()

    def race(self, name: str) -> Written:
        """Return the race of this name.

        Raises:
            ScenarioError: there is none.
        """
        names = [race.name for race in self.content.race]
        if name not in names:
            raise ScenarioError(f"{self.path} has no race {name!r}{_nearest(name, names)}")
        return self.content.race[names.index(name)]


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Scenario:
    """Read a scenario.

    Args:
        path: of the file.
        environment: the variables that it may name.

    Raises:
        ScenarioError: it cannot be read, or is not as it should be; in one line.
    """
    try:
        text = read_text(path, _LARGEST)
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path} is no text in UTF-8") from None
    try:
        tree = tomllib.loads(text)
    except ValueError as error:  # no TOML, or an integer of more digits than Python reads
        raise ScenarioError(shortened(f"{path} is no TOML: {error}")) from None
    except RecursionError:
        raise ScenarioError(f"{path} is nested too deep") from None
    try:
        content = msgspec.convert(expanded(tree, environment), Content)
        for problem in _problems(content):
            raise ScenarioError(problem)
    except msgspec.ValidationError as error:
        raise ScenarioError(shortened(f"{path}: {_told(str(error), tree)}")) from None
    except ScenarioError as error:
        raise ScenarioError(shortened(f"{path}: {error}")) from None
    except RecursionError:
        raise ScenarioError(f"{path} is nested too deep") from None
    found = Scenario(path.absolute(), content)
    try:
        there = found.directory.is_dir()
    except OSError as error:
        raise ScenarioError(
            shortened(f"{path}: app.directory: {content.app.directory!r}: {error.strerror}")
        ) from None
    if not there:
        raise ScenarioError(f"{path}: app.directory: {found.directory} is no folder")
    return found


# What msgspec refuses, in words


def _told(message: str, tree: Mapping[str, Any]) -> str:
    if found := _UNKNOWN.fullmatch(message):
        where, known = _place(_where(found[2] or "", found[1], tree)), _keys(found[2] or "")
        return f"{where}unknown key {found[1]!r}{_nearest(found[1], known)}"
    if found := _MISSING.fullmatch(message):
        name = found[1]
        head = {"app": "[app]", "race": "[[race]]"}.get(name, repr(name)) if not found[2] else ""
        return f"{_place(found[2])}{head or repr(name)} is missing"
    found = _WRONG.fullmatch(message)
    where = found[2] if found else ""
    words = (found[1] if found else message).replace("Expected", "expected")
    words = re.sub(r"`([\w |]+)`", lambda found: _plain(found[1]), words)
    return f"{_place(where)}{words.replace('`', '')}"


def _plain(kinds: str) -> str:
    """Kinds of values as msgspec calls them, 'bool | null', in words."""
    told = [kind for kind in kinds.split(" | ") if kind != "null"] or ["null"]
    return " or ".join(_KINDS.get(kind, kind) for kind in told)


def _place(path: str | None) -> str:
    """The key of a message's path, as it is written in the file."""
    return f"{path.lstrip('.')}: " if path else ""


def _where(path: str, key: str, tree: Mapping[str, Any]) -> str:
    """A path, with the name that msgspec leaves out: '.session[...]' is '.session.alice'."""
    head, dots, rest = path.partition("[...]")
    here: Any = tree
    for word in filter(None, head.split(".")):
        here = here.get(word, {}) if isinstance(here, Mapping) else {}
    if not dots or not isinstance(here, Mapping):
        return path
    for name, table in here.items():
        for word in filter(None, rest.split(".")):
            table = table.get(word, {}) if isinstance(table, Mapping) else {}
        if isinstance(table, Mapping) and key in table:
            return f"{head}.{name}{rest}"
    return path


def _keys(path: str) -> list[str]:
    """The keys that may stand at a path."""
    here: Any = Content
    for word in re.findall(r"\w+", re.sub(r"\[[\d.]+\]", "", path)):
        here = _struct(get_type_hints(here).get(word))
    return list(get_type_hints(here)) if isinstance(here, type) else []


def _struct(hint: Any) -> Any:
    """The table that a type leads to: of a list its elements, of a dict its values."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    found = [_struct(each) for each in get_args(hint)]
    return next((each for each in reversed(found) if each), None)


def _nearest(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, 1, 0.5)
    if close:
        return f": did you mean {close[0]!r}?"
    return f": known are {', '.join(known)}" if known else ""


# What is wrong beyond types


def _problems(content: Content) -> Iterator[str]:
    yield from wrong_texts(content)
    yield from _of_app(content.app)
    for command in content.database.setup:
        if not command.endswith(".sql"):
            yield from (f"database.setup: {each}" for each in wrong_command(command))
    for name, somebody in content.session.items():
        if somebody.login:
            yield from (f"session.{name}.login: {each}" for each in _of_login(somebody.login))
        for number, sent in enumerate(somebody.then):
            yield from (f"session.{name}.then[{number}]: {each}" for each in _of_request(sent, []))
    if not content.race:
        yield "no [[race]] is written"
    names = [race.name for race in content.race]
    for number, race in enumerate(content.race):
        if not race.name.strip():
            yield f"race[{number}]: its name is empty"
        if (size := len(race.name.encode())) > _LONGEST_NAME:
            yield f"race[{number}]: its name has {size} bytes, more than {_LONGEST_NAME}"
        if race.name in names[:number]:
            yield f"two races are called {race.name!r}: give each a name of its own"
        for problem in _of_race(race, content):
            yield f"race {race.name!r}: {problem}"


def _of_app(app: App) -> Iterator[str]:
    given = [word for word in ("command", "wsgi", "asgi") if getattr(app, word)]
    if len(given) != 1:
        yield "app: one of command, wsgi and asgi is needed" + (
            f", and {' and '.join(given)} are given" if given else ""
        )
    if app.command and not any(
        place in word for place in ("{port}", "{fd}") for word in (app.command, *app.env.values())
    ):
        yield (
            "app.command: nothing says where to listen: write {port}, as in --bind 127.0.0.1:{port}"
        )
    yield from (f"app.command: {each}" for each in wrong_command(app.command))
    for name in app.env:
        if not name or "=" in name:
            yield f"app.env: {name!r} is no name of a variable"
    for word in ("wsgi", "asgi"):
        if (path := getattr(app, word)) and ":" not in path:
            yield f"app.{word}: {path!r} names no application: write it as 'module:name'"
    yield from (f"app.ready: {each}" for each in wrong_path(app.ready))


def _of_login(login: Login) -> Iterator[str]:
    yield from (f"path: {each}" for each in wrong_path(login.path))
    yield from (f"json: {each}" for each in wrong_json(login.json))
    if login.form and login.json is not None:
        yield "form and json are both given: one is sent"


def _of_race(race: Written, content: Content) -> Iterator[str]:
    if not 2 <= len(race.requests) <= MOST_REQUESTS:
        yield f"requests: {len(race.requests)} given, 2 to {MOST_REQUESTS} can race"
    for number, sent in enumerate(race.requests):
        for problem in _of_request(sent, list(content.session)):
            yield f"requests[{number}]: {problem}"
    verdicts = [each.value for each in Verdict]
    if race.expected not in verdicts and not _BOUNDED.fullmatch(race.expected):
        yield f"expected: {race.expected!r} is no verdict{_nearest(race.expected, verdicts)}"
    yield from problems(race.refusals)
    if race.refusals is not None and REFUSALS in race.invariants:
        yield f"invariants: {REFUSALS!r} is the name of what `refusals` asks: choose another"
    try:
        Masks([Mask(*each) for each in race.masks.items()], race.ignore)
    except ValueError as error:
        yield str(error)


def _of_request(sent: Sent, sessions: list[str]) -> Iterator[str]:
    methods = [method for method in METHODS if getattr(sent, method)]
    if len(methods) != 1:
        yield f"one of {', '.join(METHODS)} is needed" + (
            f", and {' and '.join(methods)} are given" if methods else ""
        )
    for word in (*methods, *(["page"] if sent.page else [])):
        yield from (f"{word}: {each}" for each in wrong_path(getattr(sent, word)))
    if sent.page and not sent.csrf:
        yield "page is given, and `csrf = false` leaves it unread: give one of them"
    if sent.alone is not None and sent.alone not in _STATUSES:
        yield f"alone: {sent.alone} is no status: expected 100 to 599"
    yield from (f"json: {each}" for each in wrong_json(sent.json))
    bodies = [word for word in ("form", "json", "body") if getattr(sent, word) is not None]
    if len(bodies) > 1:
        yield f"{' and '.join(bodies)} are given: one is sent"
    if bodies and methods == ["get"]:
        yield f"a GET has no {bodies[0]}: write what it asks for into its path, as in /items?n=1"
    if sent.session and sent.session not in sessions:
        yield f"there is no [session.{sent.session}]{_nearest(sent.session, sessions)}"
