"""Texts of a scenario that the system, PostgreSQL or HTTP cannot take as they are."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from racewalk.scenario.words import Content

_LONGEST: Final = 400
"""Characters of a message."""
_PATH: Final = re.compile(r"/[!-~]*")
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SENT: Final = ("body", "form", "json")
"""What may hold any character: a request carries it as it is."""


def shortened(message: str) -> str:
    """Return a message as one line that a terminal shows, without the middle of a long one."""
    line = "".join(each if each.isprintable() else repr(each)[1:-1] for each in message)
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]} ... {line[-half:]}"


def wrong_texts(content: Content) -> Iterator[str]:
    """Yield what is wrong with the characters of a scenario's texts, each with its key."""
    yield from _null_bytes(msgspec.to_builtins(content), "")
    for number, race in enumerate(content.race):
        if not race.name.isprintable():
            yield f"race[{number}].name: {race.name!r} has characters that do not show"
        for place, request in enumerate(race.requests):
            yield from _headers(request.headers, f"race[{number}].requests[{place}]")
    for name, session in content.session.items():
        yield from _headers(session.headers, f"session.{name}")
        for place, request in enumerate(session.then):
            yield from _headers(request.headers, f"session.{name}.then[{place}]")


def wrong_path(path: str) -> Iterator[str]:
    """Yield why a request cannot have this path."""
    if not path.startswith("/"):
        yield f"{path!r} is no path: it begins with /"
    elif not _PATH.fullmatch(path):
        yield f"{path!r} is no path: write other characters than ASCII's, and blanks, as %C3%A9"


def wrong_command(command: str) -> Iterator[str]:
    """Yield why a command line cannot be split into its words."""
    try:
        shlex.split(command)
    except ValueError as error:
        yield f"{command!r}: {str(error).lower()}"


def wrong_json(value: Any) -> Iterator[str]:
    """Yield why something that TOML can hold is none that JSON can."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        yield "JSON has no dates, no times, no nan and no inf: write them as texts"


def _null_bytes(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, str) and "\0" in value:
        yield f"{where}: {value!r} has a null byte"
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _SENT:
                yield from _null_bytes(str(key), where)
                yield from _null_bytes(each, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _null_bytes(each, f"{where}[{number}]")


def _headers(headers: Mapping[str, str], where: str) -> Iterator[str]:
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            yield f"{where}.headers: {name!r} is no name of a header"
        if not (value.isprintable() and all(each <= "\xff" for each in value)):
            yield f"{where}.headers.{name}: {value!r} is no value of a header: one line in Latin-1"
