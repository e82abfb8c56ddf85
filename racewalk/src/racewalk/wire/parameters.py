"""What a connection's parameters were set to, by its start-up packet and by its statements.

Followed through set-up and noise too, for a pool sets a connection up long before it is explored.
Source: PostgreSQL documentation, 'SET', 'RESET', 'set_config', and 'StartupMessage'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from racewalk.wire.plain import plain
from racewalk.wire.statements import Statement, Value

Settings = frozenset[tuple[str, str]]
"""Names of parameters in lower case, each with every value that it was ever given."""

UNKNOWN: Final = "?"
"""The value of a parameter that was set to something that is not constant."""

DEFAULT: Final = "DEFAULT"
"""The value of a parameter that was given back the value that it began with, or will be."""
EVERY: Final = "all"
"""The name under which all are given back."""

_SET: Final = re.compile(
    r"(?:^|;|\b(?:BEGIN|THEN|ELSE|LOOP)\b)\s*SET\s+(?:SESSION\s+|(?P<local>LOCAL)\s+)?"
    r"(?P<name>TIME\s+ZONE|[\w.\"]+)\s*(?:=|\bTO\b)?\s*"
    r"(?P<value>[^;]*)",
    re.IGNORECASE,
)
_SET_CONFIG: Final = re.compile(
    r"\bset_config\"?\s*\(\s*(?P<name>'[^']*'|\$\d+)[^,]*,\s*(?P<value>'[^']*'|\$\d+)?"
    r"(?:(?:\s*::\s*\w+)?\s*,\s*(?P<local>'?\w+'?|\$\d+))?",
    re.IGNORECASE,
)
_LASTS: Final = frozenset({"false", "f", "no", "n", "off", "0"})
"""How set_config's last argument says that a value outlasts its transaction."""
_RESET: Final = re.compile(r"(?:^|;)\s*(?:RESET\s+(?P<name>[\w.\"]+)|DISCARD\s+ALL)", re.IGNORECASE)
_GIVES_BACK: Final = re.compile(
    r"(?:(?:SELECT\s+pg_advisory_unlock_all\(\)|CLOSE\s+ALL|UNLISTEN\s+\*)\s*;\s*)*"
    r"RESET\s+ALL\s*;?\s*",
    re.IGNORECASE,
)
"""All are given back, and nothing is set thereafter: so asyncpg's pool ends a use of a connection.
What is set when the connection begins stays: RESET goes back to that."""
_OPTION: Final = re.compile(r"(?:-c\s*|--)([\w.-]+)=((?:\\.|\S)*)")
_NO_PARAMETER: Final = frozenset({"transaction", "constraints", "role"})
_REMEMBERED: Final = 1024
_LONG: Final = 1000
"""Characters from which on a text is not remembered."""
_START_UP: Final = frozenset({"user", "database", "options", "replication"})


class Parameters:
    """The parameters of one connection.

    Attributes:
        settings: what they were set to so far. Values are added, and taken away only where all
            were certainly given back: who asks wants to know what may be in force.
    """

    def __init__(self) -> None:
        self.settings: Settings = frozenset()
        self._plain: set[str] = set()
        self._open: set[str] = set()
        self._start: Settings = frozenset()
        self._gives_back = self._gave_back = False
        self._outside = True

    def begin(self, parameters: Mapping[str, str]) -> None:
        """Take the parameters of the start-up packet."""
        found = {(name.lower(), value) for name, value in parameters.items()}
        given = {pair for pair in found if pair[0] not in _START_UP}
        for name, value in _OPTION.findall(parameters.get("options", "")):
            given.add((name.lower().replace("-", "_"), value.replace("\\", "")))
        self.settings |= given
        self._start = self.settings

    def follow(self, statements: Iterable[Statement]) -> None:
        """Take what the statements of one message, or of one Execute, set."""
        if self._gave_back:  # not before: the statement that did so began with what it gave back
            self.settings, self._gave_back = self._start, False
        self._gives_back = False
        for statement in statements:
            text = statement.sql
            self._gives_back = False
            if text in self._plain:
                continue
            bare = plain(text)
            sets = {_pair(match, ()): match["local"] for match in _SET.finditer(bare)}
            found = {*sets, *((name, DEFAULT) for (name, _), local in sets.items() if local)}
            for match in _SET_CONFIG.finditer(bare):
                name, value = _pair(match, statement.params)
                found.add((name, value))
                if _text(match["local"], statement.params).lower() not in _LASTS:
                    found.add((name, DEFAULT))
            resets = (match["name"] or EVERY for match in _RESET.finditer(bare))
            found |= {(name.lower(), DEFAULT) for name in resets}
            self._gives_back = self._outside and _GIVES_BACK.fullmatch(bare) is not None
            self.settings |= {pair for pair in found if pair[0] not in _NO_PARAMETER}
            self._open |= {name for name, _ in found} - _NO_PARAMETER
            if not found and len(text) < _LONG:
                self._remember(text)

    def ready(self, status: str, undone: bool) -> None:
        """Take what became of the statements: who fails, or rolls back, gives back what it set.

        Args:
            status: of the transaction, as ReadyForQuery tells it: 'I' outside of any.
            undone: whether something failed, or was rolled back.
        """
        if undone and self._open:
            self.settings |= {(name, DEFAULT) for name in self._open}
        self._outside = status == "I"
        self._gave_back = self._gives_back and self._outside and not undone
        self._gives_back = False
        if status == "I":
            self._open.clear()

    def _remember(self, text: str) -> None:
        """Note a text that sets nothing: most come again in every schedule."""
        if len(self._plain) >= _REMEMBERED:
            self._plain.clear()
        self._plain.add(text)


def _pair(match: re.Match[str], params: tuple[Value, ...]) -> tuple[str, str]:
    name = re.sub(r"\s+", "", _text(match["name"], params).lower())
    if name == "characteristics":  # SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL …
        name = "default_transaction_isolation"
    return name, _text(match["value"], params)


def _text(found: str | None, params: tuple[Value, ...]) -> str:
    text = (found or UNKNOWN).strip()
    if text.startswith("$"):
        index = int(text[1:]) - 1
        return str(params[index]) if index < len(params) else UNKNOWN
    return text.strip("'\"")
