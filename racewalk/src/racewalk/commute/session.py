"""What a connection's settings change in the reading of its statements."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from racewalk.commute.catalog import Catalog
from racewalk.commute.effects import Effect, Isolation, Reader, level
from racewalk.commute.syntax import selects_into, split
from racewalk.schedule.observer import PLANS
from racewalk.schedule.record import Step
from racewalk.wire.parameters import DEFAULT, EVERY, UNKNOWN, Settings
from racewalk.wire.plain import plain

LONG_MS: Final = 1000.0
"""Milliseconds from which on a timeout is taken not to end a wait; a shorter one is in the race."""

_TIMEOUTS: Final = ("statement_timeout", "lock_timeout", "transaction_timeout")
_IDLE: Final = ("idle_in_transaction_session_timeout", "transaction_timeout")
_OUTSIDE: Final = ("idle_session_timeout",)
_ON: Final = frozenset({"on", "true", "t", "yes", "y", "1"})
_UNICODE: Final = frozenset({"utf8", "unicode", "auto"})
_UNITS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0, "min": 60_000.0, "h": 3_600_000.0}
_UNITS_MORE: Final = {"": 1.0, "d": 86_400_000.0}
_DURATION: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
_LASTING: Final = re.compile(
    r"(?:SET|RESET|DISCARD|LOAD|PREPARE|EXECUTE|LISTEN|UNLISTEN|CREATE\s+(?:TEMP|TEMPORARY|LOCAL"
    r"|GLOBAL)|SELECT\s.*set_config|UPDATE\s.*\bpg_settings|DECLARE\s.*\bWITH\s+HOLD)\b",
    re.IGNORECASE | re.DOTALL,
)
_LASTING_IN_DO: Final = re.compile(
    r"DO\b.*(?:set_config|(?:;|'|\$|\b(?:BEGIN|THEN|ELSE|LOOP))\s*(?:SET|RESET|EXECUTE|DISCARD|LOAD)\b)",
    re.IGNORECASE | re.DOTALL,
)
_SETS_ANY: Final = re.compile(
    r"UPDATE\s.*\bpg_settings\b|.*\bset_config\s*\(\s*(?![\s']|E')", re.IGNORECASE | re.DOTALL
)
_STRUCTURE: Final = re.compile(
    r"(?:DO\b.*\b)?(?:CREATE|ALTER|DROP|REINDEX|CLUSTER|VACUUM|GRANT|REVOKE|COMMENT|REFRESH|IMPORT)\b"
    r"|EXPLAIN\b.*\bCREATE\b",
    re.IGNORECASE | re.DOTALL,
)
_BLIND: Final = re.compile(
    r"(?:LOCK|SET|RESET|LISTEN|UNLISTEN|NOTIFY|PREPARE|SHOW|SAVEPOINT)\b", re.IGNORECASE
)
_NAME: Final = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_CALL: Final = re.compile(r"CALL\b", re.IGNORECASE)
_CALLED: Final = re.compile(rf"CALL\s*(?:{_NAME}\s*\.\s*)*({_NAME})\s*\(", re.IGNORECASE)
_DOES: Final = re.compile(r"DO\b.*\b(?:COMMIT|ROLLBACK|CALL)\b", re.IGNORECASE | re.DOTALL)
_COMMITS_WITHIN: Final = (
    "a procedure or a DO ends its transaction and goes on in another: what others do in between "
    "is not explored"
)
_STATISTICS: Final = re.compile(r"\bpg_stat_\w+", re.IGNORECASE)


@lru_cache(maxsize=4096)
def values(defaults: Settings, settings: Settings, name: str) -> frozenset[str]:
    """Return what a parameter may be: what a connection has set it to, else where it began.

    Args:
        defaults: parameters that the server, the database or a role sets.
        settings: those of the connection.
        name: of the parameter.
    """
    own = frozenset(value for key, value in settings if key == name)
    given = frozenset(value for value in own if value.upper() != DEFAULT)
    if own == given != frozenset() and (EVERY, DEFAULT) not in settings:
        return own
    return given | {value for key, value in defaults if key == name}


def path(reader: Reader, step: Step) -> str:
    """Return the search path of a step's connection; '?' where there are several."""
    found = values(reader.catalog.facts.settings, step.settings, "search_path")
    return next(iter(found)) if len(found) == 1 else UNKNOWN if found else ""


def default_isolation(reader: Reader, step: Step) -> Isolation | None:
    """Return the level at which transactions begin that say none; None where it is not known."""
    defaults = reader.catalog.facts.settings
    found = values(defaults, step.settings, "default_transaction_isolation")
    levels = {level(value) for value in found or {"read committed"}}
    return levels.pop() if len(levels) == 1 else None


def timeouts(defaults: Settings, step: Step) -> tuple[frozenset[str], frozenset[str]]:
    """Return what cannot be told because of a timeout, and what is taken not to happen.

    Args:
        defaults: parameters that the server, the database or a role sets.
        step: what was run; a timeout counts only where it could end something.
    """
    return _timeouts(defaults, step.settings, waits=_waits(step), outside=step.status == "I")


@lru_cache(maxsize=4096)
def _timeouts(
    defaults: Settings, settings: Settings, *, waits: bool, outside: bool
) -> tuple[frozenset[str], frozenset[str]]:
    doubts: set[str] = set()
    assumed: set[str] = set()
    names = {*(_TIMEOUTS if waits else ()), *(_OUTSIDE if outside else _IDLE)}
    for name in sorted(names):
        for value in values(defaults, settings, name):
            length = milliseconds(value)
            if length is None or 0 < length < LONG_MS:
                doubts.add(f"{name} = {value} may end what the explorer lets go on")
            elif length:
                assumed.add(f"nothing lasts as long as {name} = {value}")
    for value in values(defaults, settings, "client_min_messages"):
        if not value.lower().startswith(("log", "debug")):
            doubts.add(f"client_min_messages = {value} keeps from the explorer what statements do")
    for name, value in settings:  # the database's is the explorer's own
        if name == "deadlock_timeout" and milliseconds(value) != 1.0:
            doubts.add(f"deadlock_timeout = {value} hides who waits")
    for name, value in (*settings, *defaults):
        if name.startswith("auto_explain.") and PLANS.get(name) != value:
            doubts.add(f"{name} = {value} keeps from the explorer what statements do")
    return frozenset(doubts), frozenset(assumed)


def commits_within(commits: frozenset[str], step: Step) -> frozenset[str]:
    """Return what cannot be told of a step that is several transactions, as `timeouts` does.

    Args:
        commits: the names of procedures that end their transaction.
        step: which step. In a transaction that the client has begun nothing can end it.
    """
    if step.status != "I":
        return frozenset()
    pieces = (piece for each in step.statements for piece in split(plain(each.sql)))
    found = any(_DOES.match(piece) or (commits and _calls(piece, commits)) for piece in pieces)
    return frozenset({_COMMITS_WITHIN}) if found else frozenset()


def _calls(sql: str, procedures: frozenset[str]) -> bool:
    """Whether a statement calls one of these, or one whose name is not read."""
    if not _CALL.match(sql):
        return False
    match = _CALLED.match(sql)
    if not match:
        return True
    name = match[1]
    quoted = name.startswith('"')
    return (name[1:-1].replace('""', '"') if quoted else name.lower()) in procedures


def is_misread(defaults: Settings, step: Step) -> bool:
    """Return whether a step's texts may mean another thing than they look like.

    So do backslashes, where they are escapes, and what another encoding says. A bound value has no
    escapes, whatever it looks like here.
    """
    found = values(defaults, step.settings, "standard_conforming_strings")
    escapes = {value.lower() for value in found}
    if not escapes - {DEFAULT.lower()} <= _ON and any("\\" in s.sql for s in step.statements):
        return True
    encodings = {_bare(value) for value in values(frozenset(), step.settings, "client_encoding")}
    texts = [text for s in step.statements for text in (s.sql, *s.params) if isinstance(text, str)]
    return not encodings <= _UNICODE and not all(map(str.isascii, texts))


def _bare(encoding: str) -> str:
    """The name of an encoding as PostgreSQL compares it: "'utf-8'" is UTF8."""
    return "".join(filter(str.isalnum, encoding.lower()))


def defers(defaults: Settings, step: Step) -> bool:
    """Return whether transactions are DEFERRABLE that do not say so."""
    return bool(values(defaults, step.settings, "default_transaction_deferrable") & _ON)


def ends_waits(catalog: Catalog, step: Step) -> bool:
    """Return whether a wait was, or may be, ended by a function that sets a timeout."""
    return _waits(step) and catalog.mentions("timeouts")


def _waits(step: Step) -> bool:
    return step.waited_for is not None or step.error in ("57014", "55P03", "25P04")


def milliseconds(text: str) -> float | None:
    """Return a duration as PostgreSQL reads it, in milliseconds, or None where it is none."""
    if text.lower() == "default":
        return 0.0
    match = _DURATION.fullmatch(text)
    unit = (_UNITS | _UNITS_MORE).get(match[2].lower()) if match else None
    return None if match is None or unit is None else float(match[1]) * unit


def changes_schema(sql: str) -> bool:
    """Return whether a statement changes the schema, whatever plan it has."""
    return _STRUCTURE.match(sql) is not None or selects_into(sql)


def blind(effect: Effect) -> bool:
    """Return whether what cannot be read at least looks at no row, sequence or time."""
    return _BLIND.match(effect.text) is not None


def persists(reader: Reader, effect: Effect) -> bool:
    """Return whether what cannot be read may outlast its transaction on this connection.

    What changes tables, functions or types outlasts everything: that is a doubt. So is what asks
    for statistics, which hang on the clock, and tell of transactions that do nothing else.
    """
    if _STATISTICS.search(effect.text):
        reader.doubts.add("a statement asks for statistics, or who is connected")
    temporary = _LASTING.match(effect.text) or _LASTING_IN_DO.match(effect.text)
    if temporary and "_timeout" in effect.text.lower():
        reader.doubts.add("a statement that cannot be read sets a timeout, which may end a wait")
    if _SETS_ANY.match(effect.text):
        reader.doubts.add(f"a statement sets a parameter that is not a literal: {effect.text}")
    if not temporary and changes_schema(effect.text):
        reader.doubts.add("a statement changes what the database is made of")
    if reader.catalog.mentions("builds"):
        reader.doubts.add("a function of the application changes what the database is made of")
    return temporary is not None or reader.catalog.mentions("hides")
