"""${NAME} and ${NAME:-default} in the texts of a file; $${ is a plain ${."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from racewalk.errors import ScenarioError

_VARIABLE: Final = re.compile(r"(\$?)\$\{(?:(\w+)(:-[^}]*)?)?([^}]*)(\}?)")


def expanded(value: Any, environment: Mapping[str, str], where: str = "") -> Any:
    """Return what a file holds, with the variables in all of its texts put in.

    Args:
        value: tables, lists and texts, as TOML gives them.
        environment: the variables.
        where: the key that it stands at, for the error.

    Raises:
        ScenarioError: a variable is not set and has no default, or is not written right.
    """
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _value(match, environment, where), value)
    if isinstance(value, dict):
        return {
            key: expanded(each, environment, f"{where}.{key}".lstrip("."))
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [expanded(each, environment, f"{where}[{n}]") for n, each in enumerate(value)]
    return value


def _value(match: re.Match[str], environment: Mapping[str, str], where: str) -> str:
    escape, name, default, rest, end = match.groups()
    if escape:
        return match[0][1:]
    if not name or rest or not end:
        raise ScenarioError(
            f"{where}: {match[0]!r} is no variable: write ${{NAME}}, ${{NAME:-default}}, or $${{"
        )
    found = environment.get(name, "")
    if not found and default is None:
        raise ScenarioError(
            f"{where}: the variable {name} is not set: set it, or write ${{{name}:-default}}"
        )
    return found or (default or ":-").removeprefix(":-")
