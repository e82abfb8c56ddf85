"""What varies from run to run, by name: it is told by its name where two runs are compared.

Three views of a step, for three questions:

    exact       did a replay do the same?             values, rows, tags, when it was over
    equivalent  are two runs of one class the same?   statements without their values, rows, tags
    portable    did another machine do the same?      values, tags, when; no rows, which hold what
                                                      differs from one database to the next
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from racewalk.schedule.ignored import IGNORED, Ignored
from racewalk.wire.statements import Statement, Value, one_line

if TYPE_CHECKING:
    from racewalk.schedule.record import Step

_LITERAL: Final = re.compile(r"E?'(?:[^']|'')*'|(?<![\w$.])-?\d+(?:\.\d+)?\b")
_LONG: Final = 10_000
"""Characters from which on a statement is told by its beginning and its digest."""
_SHOWN: Final = 100
_REMEMBERED: Final = 16_384
"""Texts that are remembered before all are forgotten."""
_Key = TypeVar("_Key", str, Statement)


@dataclass(frozen=True, slots=True)
class Mask:
    """Something that differs between two runs that are the same.

    Attributes:
        name: what is put in its place, in angle brackets.
        pattern: regular expression of it.

    Raises:
        ValueError: the pattern is none, or matches where nothing is.
    """

    name: str
    pattern: str

    def __post_init__(self) -> None:
        try:
            everywhere = re.compile(self.pattern).search("") is not None
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"the mask {self.name!r} has no pattern: {error}") from None
        if everywhere:
            raise ValueError(f"the mask {self.name!r} matches where nothing is")


ANYWHERE: Final = (
    # A password's hash in PHC's format: salted, so that each database has another.
    Mask("hash", r"\$[a-z0-9-]+\$v=\d+\$[a-z0-9=,]+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+"),
    Mask("time", r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)?"),
    Mask("key", r"\b(?=[0-9a-z]*[0-9])(?=[0-9a-z]*[a-z])[0-9a-z]{32,}\b"),
    # The end of a value that Django has signed: the second of it, and the signature.
    Mask("signed", r"(?<=[\w=]):[0-9A-Za-z]{6}:[\w-]{43}(?![\w-])"),
    Mask("savepoint", r"\bs\d+_x\d+\b"),
    Mask("cursor", r"\b_django_curs_\w+"),
)
"""What varies in any application: hashes, times, session keys, Django's savepoints and cursors."""


class Masks:
    """What is masked in the runs of one race.

    Args:
        own: of the race, put before those that are masked anywhere.
        ignore: columns whose values are not compared, as `table.column`; * stands for any name.

    Raises:
        ValueError: a pattern in `ignore` is none.

    Attributes:
        met: names of the masks that masked something, and the patterns that ignored something.
        approximated: each column, as table.column, whose values `serial` compared by less than
            all that they hold, and by what.
    """

    def __init__(self, own: Sequence[Mask] = (), ignore: Sequence[str] = ()) -> None:
        self._given = tuple(own), tuple(ignore)
        self._masks = [(each.name, re.compile(each.pattern)) for each in (*own, *ANYWHERE)]
        self._ignored = Ignored(ignore) if ignore else None
        self._texts: dict[str, str] = {}
        self._shapes: dict[str, str] = {}
        self._identities: dict[Statement, str] = {}
        self.met: set[str] = set()
        self.approximated: set[tuple[str, str]] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        return Masks, self._given

    def ignoring(self, columns: Sequence[str]) -> Masks:
        """Return masks that ignore further columns, each given as table.column."""
        own, ignore = self._given
        return Masks(own, (*ignore, *columns))

    def text(self, text: str) -> str:
        """Return a text with what varies replaced by its name."""
        return _remembered(self._texts, text, self._text)

    def shape(self, sql: str) -> str:
        """Return SQL in one line, masked, with every literal replaced by '?'."""
        return _remembered(self._shapes, sql, self._shape)

    def shapes(self, step: Step) -> tuple[str, ...]:
        """Return the shape of each statement of a step."""
        return tuple(self.shape(statement.sql) for statement in step.statements)

    def line(self, sql: str) -> str:
        """Return SQL in one line, masked; a very long one by its beginning and its digest."""
        text = one_line(sql)
        if self._ignored:
            text, _, met = self._ignored.statement(text, ())
            self.met.update(met)
        return _shortened(self.text(text))

    def identity(self, statements: Sequence[Statement]) -> str:
        """Return statements with their values in one line, masked."""
        return "; ".join(
            _remembered(self._identities, statement, self._identity) for statement in statements
        )

    def rows(self, step: Step) -> str:
        """Return the rows that a step read, masked, or ''."""
        if not step.rows:
            return ""
        return repr(tuple(self._values(row) for row in self.kept(step)))

    def kept(self, step: Step) -> Sequence[Sequence[Value]]:
        """Return the rows that a step read, with a mark in place of what is ignored."""
        if not self._ignored or len(step.statements) != 1:
            return step.rows
        left_out = self._ignored.columns(step.statements[0].sql, step.columns)
        self.met.update(left_out.values())
        return [
            [IGNORED if index in left_out else value for index, value in enumerate(row)]
            for row in step.rows
        ]

    def said(self, statement: Statement) -> Statement:
        """Return a statement in one line, with a mark in place of what is ignored."""
        sql, params = one_line(statement.sql), statement.params
        if self._ignored:
            sql, params, met = self._ignored.statement(sql, params)
            self.met.update(met)
        return replace(statement, sql=sql, params=params)

    # Views

    def exact(self, step: Step) -> tuple[object, ...]:
        """Return all of a step that a replay must do again."""
        where = (step.request, step.released, step.completed)
        waited = step.waited_for is not None
        ended = (step.tags, step.error, step.status, waited)
        return (*where, self.identity(step.statements), self.rows(step), *ended)

    def equivalent(self, step: Step) -> tuple[object, ...]:
        """Return all of a step that is the same in every schedule of a class."""
        waited = step.waited_for is not None
        ended = (step.tags, step.error, step.status, waited)
        return (step.request, self.shapes(step), self.rows(step), *ended)

    def portable(self, step: Step) -> dict[str, Any]:
        """Return all of a step that is the same on every machine, as JSON holds it."""
        return {
            "request": step.request,
            "sql": self.identity(step.statements),
            "tags": list(step.tags),
            "error": step.error,
            "status": step.status,
            "waited": step.waited_for,
            "released": step.released,
            "completed": step.completed,
        }

    def _text(self, text: str) -> str:
        for name, pattern in self._masks:
            text, count = pattern.subn(f"<{name}>", text)
            if count:
                self.met.add(name)
        return text

    def _shape(self, sql: str) -> str:
        return _shortened(_LITERAL.sub("?", self._text(one_line(sql))))

    def _identity(self, statement: Statement) -> str:
        said = self.said(statement)
        masked = _shortened(self._text(said.sql))
        return f"{masked} {self._values(said.params)!r}" if said.params else masked

    def _values(self, values: Sequence[Value]) -> tuple[Value, ...]:
        """Values, masked one by one: how a row is written hides none of their characters."""
        texts = ((value, self.text(str(value))) for value in values)
        return tuple(value if text == str(value) else text for value, text in texts)


def _remembered(known: dict[_Key, str], key: _Key, make: Callable[[_Key], str]) -> str:
    found = known.get(key)
    if found is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        found = known[key] = make(key)
    return found


def _shortened(line: str) -> str:
    """Tell a very long line by its beginning and its digest; it is masked already."""
    if len(line) <= _LONG:
        return line
    digest = hashlib.sha256(line.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return f"{line[:_SHOWN]} ... ({len(line)} characters, SHA-256 {digest})"
