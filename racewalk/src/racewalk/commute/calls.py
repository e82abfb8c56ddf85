"""What the functions that a statement calls do, told by its words and by `catalog`.

Words are looked at, not trees: a parser forgets how a function was called, and knows by name what
an application may have made anew. A word before a bracket is a call if the catalog knows such a
function; where it knows none, it is a table, a type or a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlglot.tokenizer_core import Token, TokenType

from racewalk.commute.access import Access, Mode, Rows, Verb
from racewalk.commute.catalog import Catalog
from racewalk.commute.syntax import words
from racewalk.wire.statements import Value
from racewalk.words import Word


class Known(Word):
    """How much is known of what a statement calls."""

    ALL = "all of it"
    BY_PLAN = "a function of the application is called, whose plans tell"
    NOTHING = "something is called that no plan tells of"


class Moment(Word):
    """Which time a statement takes."""

    STATEMENT = "when it begins, or later"
    TRANSACTION = "when its transaction began"


_LOCKS: Final = {
    "pg_advisory_lock": (Mode.UPDATE, False),
    "pg_advisory_lock_shared": (Mode.SHARE, False),
    "pg_try_advisory_lock": (Mode.UPDATE, False),
    "pg_try_advisory_lock_shared": (Mode.SHARE, False),
    "pg_advisory_xact_lock": (Mode.UPDATE, True),
    "pg_advisory_xact_lock_shared": (Mode.SHARE, True),
    "pg_try_advisory_xact_lock": (Mode.UPDATE, True),
    "pg_try_advisory_xact_lock_shared": (Mode.SHARE, True),
}
"""Mode, and whether the transaction's end gives it back."""
_UNLOCKS: Final = {
    "pg_advisory_unlock": Mode.UPDATE,
    "pg_advisory_unlock_shared": Mode.SHARE,
}
_MOMENTS: Final = {
    **dict.fromkeys(("now", "transaction_timestamp", "age"), Moment.TRANSACTION),
    **dict.fromkeys(
        ("statement_timestamp", "clock_timestamp", "timeofday", "uuidv7", "pg_sleep_until"),
        Moment.STATEMENT,
    ),
}
_MOMENT_WORDS: Final = frozenset(
    {"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"}
)
_MOMENT_TEXT: Final = re.compile(
    r"(?:[\d:.\s]|allballs|[ap]m\b)*(?:now|today|tomorrow|yesterday)(?![a-z_])", re.IGNORECASE
)
"""What a timestamp reads as a time, though it is written like a constant: 'today 12:00' too."""
_ESCAPED: Final = re.compile(r"\\[xuU0-7+]")
"""A character by its number, in E'' and U&'': what it spells is not looked at."""
_TEXTS: Final = frozenset(
    {
        *(TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.BYTE_STRING),
        *(TokenType.HEREDOC_STRING, TokenType.RAW_STRING, TokenType.UNICODE_STRING),
    }
)
_HARMLESS: Final = frozenset(
    {
        *("currval", "lastval", "setseed", "random", "random_normal", "gen_random_uuid", "uuidv4"),
        *("pg_sleep", "pg_sleep_for", "pg_backend_pid"),
        *("uuid_generate_v4", "gen_random_bytes", "gen_salt"),  # of the extensions that come along
    }
)
"""Volatile, and without an effect on what others see."""
_PARAMETERS: Final = frozenset(
    {
        *("timezone", "datestyle", "intervalstyle", "client_encoding", "application_name"),
        *("extra_float_digits", "bytea_output", "standard_conforming_strings", "search_path"),
        *("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"),
        *("transaction_timeout", "idle_session_timeout", "work_mem", "jit", "lc_monetary"),
        *("lc_numeric", "lc_time", "synchronous_commit", "default_transaction_isolation"),
    }
)
"""What a session may set and still be read; `transactions` looks at those that matter."""
_NO_CALLS: Final = frozenset(
    {
        *("and", "or", "not", "in", "values", "exists", "any", "all", "some", "as", "on", "over"),
        *("filter", "using", "by", "select", "from", "where", "when", "then", "else", "row"),
        *("array", "coalesce", "nullif", "greatest", "least", "cast", "grouping", "set", "having"),
        *("into", "returning", "conflict", "with", "case", "union", "except", "intersect", "limit"),
    }
)
"""Words that no function can be called by without quotes or a schema."""
ADVISORY: Final = "advisory"
"""The table of `Rows` that are advisory locks."""
SEQUENCES: Final = "sequence"
"""The table of `Rows` that are sequences; their column is 'name'."""


def harmless_parameter(name: str) -> bool:
    """Return whether a session that sets this parameter can still be read."""
    return name.lower().replace(" ", "") in _PARAMETERS or "." in name


def sequence(name: str) -> Rows:
    """Return the sequence of this name, as `Rows`; which one it is in hangs on no schema."""
    bare = name.rpartition(".")[2].strip('"').lower()
    return Rows(SEQUENCES, frozenset({("name", bare)}))


@dataclass(slots=True)
class Calls:
    """What the functions of some SQL do.

    Attributes:
        known: how much of it is known.
        locks: advisory locks until the transaction's end.
        session_locks: advisory locks that outlast it.
        session_unlocks: those given back at once.
        draws: DRAWs.
        sets: sequences that were set to a value by hand.
        moments: which times it takes.
    """

    known: Known = Known.ALL
    locks: set[Access] = field(default_factory=set)
    session_locks: set[Access] = field(default_factory=set)
    session_unlocks: set[Access] = field(default_factory=set)
    draws: set[Access] = field(default_factory=set)
    sets: set[Rows] = field(default_factory=set)
    moments: set[Moment] = field(default_factory=set)


def calls(catalog: Catalog, sql: str, params: tuple[Value, ...] = ()) -> Calls:
    """Return what the functions that SQL calls do.

    Args:
        catalog: what names mean.
        sql: a statement, or an expression as PostgreSQL writes it.
        params: the values of $1, $2 …
    """
    found = Calls()
    tokens = words(sql)
    if tokens is None:
        found.known = Known.NOTHING
        return found
    if catalog.facts.casts or _uses_operators(catalog, tokens, sql):
        found.known = Known.BY_PLAN
    if any(_MOMENT_TEXT.match(param) for param in params if isinstance(param, str)):
        found.moments.add(Moment.TRANSACTION)
    for index, token in enumerate(tokens):
        text = token.text if token.token_type is TokenType.IDENTIFIER else token.text.lower()
        if token.token_type in _TEXTS:
            if _is_moment(token):
                found.moments.add(Moment.TRANSACTION)
        elif text in _MOMENT_WORDS and token.token_type is not TokenType.IDENTIFIER:
            found.moments.add(Moment.TRANSACTION)  # with a precision in brackets too
        elif _opens(tokens, index + 1):
            _call(found, catalog, text, token, _Arguments(tokens, index + 2, params))
        elif catalog.is_computed(text):
            found.known = max(found.known, Known.BY_PLAN, key=list(Known).index)
        if text in catalog.facts.domains and token.token_type not in _TEXTS:
            domain = catalog.facts.domains[text]
            _add(found, calls(catalog, domain))
            if "set_config" in domain.lower():
                found.known = Known.NOTHING
    return found


def _is_moment(token: Token) -> bool:
    spelt = token.token_type is not TokenType.STRING and _ESCAPED.search(token.text)
    return bool(spelt or _MOMENT_TEXT.match(token.text))


def _call(found: Calls, catalog: Catalog, name: str, token: Token, arguments: _Arguments) -> None:
    if token.token_type is not TokenType.IDENTIFIER and name in _NO_CALLS:
        return
    rows = arguments.keys()
    if catalog.is_of_the_application(name, arguments.count):
        found.known = max(found.known, Known.BY_PLAN, key=list(Known).index)
    if name in _LOCKS:
        mode, until_end = _LOCKS[name]
        kept = found.locks if until_end else found.session_locks
        kept.add(Access(Verb.LOCK, rows, mode))
    elif name in _UNLOCKS:
        found.session_unlocks.add(Access(Verb.UNLOCK, rows, _UNLOCKS[name]))
    elif name == "pg_advisory_unlock_all":
        found.session_unlocks.add(Access(Verb.UNLOCK, Rows(ADVISORY), Mode.UPDATE))
    elif name in ("nextval", "setval"):
        drawn = sequence(arguments.text) if arguments.text else Rows(SEQUENCES)
        found.draws.add(Access(Verb.DRAW, drawn))
        if name == "setval":
            found.sets.add(drawn)
    elif name in _MOMENTS:
        found.moments.add(_MOMENTS[name])
    elif name == "set_config" and harmless_parameter(arguments.text or "?"):
        return
    elif name not in _HARMLESS and (catalog.is_native(name) or catalog.is_volatile(name)):
        found.known = Known.NOTHING


def _add(found: Calls, more: Calls) -> None:
    found.known = max(found.known, more.known, key=list(Known).index)
    found.locks |= more.locks
    found.session_locks |= more.session_locks
    found.session_unlocks |= more.session_unlocks
    found.draws |= more.draws
    found.sets |= more.sets
    found.moments |= more.moments


class _Arguments:
    """What stands in the brackets of a call.

    Attributes:
        count: how many arguments there are; one more than there are commas.
        text: the first one where it is a constant text, or None.
    """

    def __init__(self, tokens: Sequence[Token], start: int, params: tuple[Value, ...]) -> None:
        self._params = params
        self._parts = list(_split(tokens, start))
        self.count = len(self._parts)
        first = self._constant(self._parts[0]) if self._parts else None
        self.text = first if isinstance(first, str) else None

    def keys(self) -> Rows:
        """The keys of an advisory lock where they are constant; one and two are two spaces."""
        where: set[tuple[str, int]] = set()
        for index, part in enumerate(self._parts):
            try:
                value = self._constant(part)
                if value is not None:
                    where.add((f"{index + 1} of {self.count}", int(value)))
            except ValueError:
                continue
        return Rows(ADVISORY, frozenset(where))

    def _constant(self, part: Sequence[Token]) -> Value:
        """The value of a literal or a parameter, with nothing but a cast of its own behind it."""
        kinds = [token.token_type for token in part]
        if TokenType.DCOLON in kinds:
            cut = kinds.index(TokenType.DCOLON)
            if [token.text.lower() for token in part[cut + 1 :]] not in _CASTS:
                return None
            part, kinds = part[:cut], kinds[:cut]
        match kinds:
            case [TokenType.STRING]:
                return part[0].text
            case [TokenType.NUMBER] if part[0].text.isdecimal():
                return int(part[0].text)
            case [TokenType.DASH, TokenType.NUMBER] if part[1].text.isdecimal():
                return -int(part[1].text)
            case [TokenType.PARAMETER, TokenType.NUMBER]:
                index = int(part[1].text) - 1
                return self._params[index] if index < len(self._params) else None
        return None


_CASTS: Final = [["regclass"], ["text"], ["bigint"], ["integer"], ["int"], ["int4"], ["int8"]]


def _split(tokens: Sequence[Token], start: int) -> Iterator[list[Token]]:
    """Yield the tokens of each argument of a call whose bracket opens before `start`."""
    depth, part = 0, list[Token]()
    for token in tokens[start:]:
        kind = token.token_type
        if kind in (TokenType.L_PAREN, TokenType.L_BRACKET):
            depth += 1
        elif kind in (TokenType.R_PAREN, TokenType.R_BRACKET):
            depth -= 1
        if depth < 0:
            break
        if kind is TokenType.COMMA and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    if part and part[0].token_type is not TokenType.STAR:
        yield part


def _opens(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].token_type is TokenType.L_PAREN


_SPELLED: Final = {"like": "~~", "ilike": "~~*", "between": ">=", "in": "=", "distinct": "="}


def _uses_operators(catalog: Catalog, tokens: Sequence[Token], sql: str) -> bool:
    """Whether the SQL may use an operator of the application's."""
    if not catalog.facts.operators:
        return False
    spelled = {_SPELLED.get(token.text.lower(), "") for token in tokens}
    return any(name in sql or name in spelled for name in catalog.facts.operators)
