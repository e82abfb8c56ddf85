"""What a group of messages says: SQL and parameters out, from Query and from Parse, Bind, Execute.

Prepared statements and portals live on one connection, so each connection keeps its own
`Prepared`. Source: PostgreSQL documentation, section 'Message Formats'.
"""

from __future__ import annotations

import re
import struct
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire.framing import Message
from racewalk.wire.remembered import remembered

Value = int | str | None
"""A parameter or a column: integers and booleans decoded, everything else as the text sent."""


class Opaque(str):
    """A value of a type that is not read: it may be equal to one that looks otherwise."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(("opaque", str(self)))


class Truth(int):
    """A boolean: the number that it is in bytes, and a word for a person."""

    __slots__ = ()

    def __str__(self) -> str:
        return "true" if self else "false"


_INTEGERS: Final = {20: ">q", 21: ">h", 23: ">i", 26: ">I"}
_TEXTS: Final = frozenset({18, 19, 25, 114, 705, 1042, 1043})
_BOOL: Final = 16
_DATE: Final = 1082
_STAMPS: Final = {1114: None, 1184: UTC}
_EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a timestamp without a zone has none
_UNKNOWN: Final = 0
_PLAIN: Final = frozenset({25, 705, 1043, *_INTEGERS, _UNKNOWN})
"""Types whose values as text are what they are: 't' and 'true' are one boolean, and two texts; of
fixed length 'a' and 'a ' are one."""


DESCRIBES: Final = frozenset("tTn")
"""Messages by which a server describes a statement: its parameters, its rows, that it has none."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the client sent it: its SQL with $1, $2 … and the values bound to them."""

    sql: str
    params: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What rows will come, where a driver has asked once and does not ask again.

    Attributes:
        described: body of the RowDescription of the prepared statement.
        formats: in which formats the columns were asked for, as a Bind says it.
    """

    described: bytes
    formats: tuple[int, ...] = ()


@dataclass(slots=True)
class Prepared:
    """The prepared statements and portals of one connection.

    Attributes:
        statements: the SQL of each prepared statement, and the types of its parameters.
        portals: what each portal executes.
        expected: which rows the statement that was executed last gives; None where nobody asked.
        stand_ins: by name the statement that was described in its place: it gives the same rows.
    """

    statements: dict[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    portals: dict[str, Statement] = field(default_factory=dict)
    expected: Expected | None = None
    stand_ins: dict[str, str] = field(default_factory=dict)
    _described: deque[str] = field(default_factory=deque)
    _rows: dict[str, bytes] = field(default_factory=dict)
    _expected: dict[str, Expected | None] = field(default_factory=dict)
    _told: str | None = None

    def read(self, messages: Iterable[Message]) -> tuple[Statement, ...]:
        """Return the statements that the messages execute, in order, and learn what they prepare.

        A group that only prepares gives an empty tuple; ask `parsed` for its SQL.

        Raises:
            ProtocolError: a message whose fields do not fit its length.
        """
        executed: list[Statement] = []
        for message in messages:
            match message.kind:
                case "Q":
                    self.expected = None
                    executed.append(_queried(message))
                case "P":
                    name, sql, types = _parsed(message)
                    self.statements[name] = (sql, types)
                    self._rows.pop(name, None)
                case "B":
                    self._bind(message)
                case "E":
                    name = Reader(message.body).text()
                    self.expected = self._expected.get(name)
                    executed.append(self.portals.get(name) or Statement(f"(portal {name!r})"))
                case "F":
                    self.expected = None
                    function = Reader(message.body).int32()
                    executed.append(Statement(f"(function call {function})"))
                case "C":
                    self._close(Reader(message.body))
                case "D":
                    self._describe(Reader(message.body))
        return tuple(executed)

    def ready(self) -> None:
        """Expect no more descriptions: after an error not all of them come."""
        self._described.clear()
        self._told = None

    def described(self, message: Message) -> None:
        """Learn what the server tells of a statement: its parameters' types, then its rows.

        Raises:
            ProtocolError: fields that do not fit the message.
        """
        match message.kind:
            case "t" if self._described:
                self._told = name = self._described.popleft()
                if name in self.statements:
                    sql, _ = self.statements[name]
                    self.statements[name] = (sql, Reader(message.body).oids())
            case "T" if self._told is not None:
                self._rows[self._told], self._told = message.body, None
            case _:
                self._told = None

    def _bind(self, message: Message) -> None:
        portal, name = _bound(message)
        sql, oids = self.statements.get(name, (f"(prepared statement {name!r})", ()))
        self.portals[portal], asked = _executed(message, sql, oids)
        rows = self._rows.get(self.stand_ins.get(name, name))
        self._expected[portal] = None if rows is None else Expected(rows, asked)

    def _describe(self, reader: Reader) -> None:
        if reader.take(1) == b"S":
            self._described.append(reader.text())

    def _close(self, reader: Reader) -> None:
        kind, name = reader.take(1), reader.text()
        if kind == b"S":
            self.statements.pop(name, None)
            self._rows.pop(name, None)
        else:
            self.portals.pop(name, None)


@remembered
def _queried(message: Message) -> Statement:
    """What a Query executes."""
    return Statement(Reader(message.body).text())


@remembered
def _parsed(message: Message) -> tuple[str, str, tuple[int, ...]]:
    """What a Parse prepares: its name, its SQL, the types of its parameters."""
    reader = Reader(message.body)
    return reader.text(), reader.text(), reader.oids()


@remembered
def _bound(message: Message) -> tuple[str, str]:
    """Which portal a Bind makes, and of which prepared statement."""
    reader = Reader(message.body)
    return reader.text(), reader.text()


@remembered
def _executed(
    message: Message, sql: str, oids: tuple[int, ...]
) -> tuple[Statement, tuple[int, ...]]:
    """What the portal of a Bind executes, and in which formats it asks for the columns.

    Args:
        message: the Bind.
        sql: of the prepared statement.
        oids: types of its parameters, as far as they are known.
    """
    reader = Reader(message.body)
    reader.text(), reader.text()
    formats = [reader.int16() for _ in range(reader.count())]
    params: list[Value] = []
    for index in range(reader.count()):
        oid = oids[index] if index < len(oids) else _UNKNOWN
        value = decode(reader.value(), oid, is_binary(formats, index))
        known = value is None or (oid in _PLAIN and not isinstance(value, Opaque))
        params.append(value if known else Opaque(value))
    asked = tuple(reader.int16() for _ in range(reader.count()))
    return Statement(sql, tuple(params)), asked


def is_binary(formats: Sequence[int], index: int) -> bool:
    """Tell a value's format: no code is text for all, one stands for all, else each has one."""
    if len(formats) == 1:
        return bool(formats[0])
    return index < len(formats) and bool(formats[index])


class Reader:
    """Read the fields of one message body from its front.

    Raises:
        ProtocolError: from every method, where the body is too short.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        if size < 0 or self._at + size > len(self._body):
            raise ProtocolError("message shorter than its fields")
        self._at += size
        return self._body[self._at - size : self._at]

    def text(self) -> str:
        """Return the next NUL-terminated string."""
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise ProtocolError("string without a terminator")
        raw = self.take(end - self._at)
        self._at += 1
        return raw.decode("utf-8", "backslashreplace")

    def int16(self) -> int:
        """Return the next signed 16-bit integer."""
        return int.from_bytes(self.take(2), "big", signed=True)

    def int32(self) -> int:
        """Return the next signed 32-bit integer."""
        return int.from_bytes(self.take(4), "big", signed=True)

    def count(self) -> int:
        """Return the next 16-bit integer as a number of things, which may be above 32767."""
        return int.from_bytes(self.take(2), "big")

    def value(self) -> bytes | None:
        """Return the next length-prefixed value, or None for NULL."""
        size = self.int32()
        return None if size == -1 else self.take(size)

    def oids(self) -> tuple[int, ...]:
        """Return the next counted list of type OIDs."""
        return tuple(int.from_bytes(self.take(4), "big") for _ in range(self.count()))


def decode(raw: bytes | None, oid: int, binary: bool) -> Value:
    """Return one value of the given type OID (0 where the client left it open)."""
    if raw is None:
        return None
    if not binary:
        text = raw.decode("utf-8", "backslashreplace")
        if oid == _BOOL and text in ("t", "f"):
            return Truth(text == "t")
        return int(text) if oid in _INTEGERS and _INTEGER.fullmatch(text) else text
    layout = _INTEGERS.get(oid)
    if layout and struct.calcsize(layout) == len(raw):
        return int(struct.unpack(layout, raw)[0])
    if oid == _BOOL and len(raw) == 1:
        return Truth(raw != b"\0")
    if oid in _TEXTS:
        return raw.decode("utf-8", "backslashreplace")
    return Opaque(_time(raw, oid) or "\\x" + raw.hex())


def _time(raw: bytes, oid: int) -> str:
    """A date or a time as text, '' where it is none: what varies is known by how it is written.

    Source: PostgreSQL's `timestamp_send` and `date_send`: microseconds, and days, since 2000.
    """
    with suppress(OverflowError, struct.error):
        if oid in _STAMPS:
            since = timedelta(microseconds=struct.unpack(">q", raw)[0])
            return str(_EPOCH.replace(tzinfo=_STAMPS[oid]) + since)
        if oid == _DATE:
            return str((_EPOCH + timedelta(days=struct.unpack(">i", raw)[0])).date())
    return ""


_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_SPACE: Final = re.compile(r"\s+")


@lru_cache(maxsize=4096)
def one_line(sql: str) -> str:
    """Return the SQL in one line."""
    return _SPACE.sub(" ", sql.strip())
