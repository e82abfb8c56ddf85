"""What the server answered to one step: rows, command tags, errors, transaction status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from racewalk.wire.framing import Message, notice_fields
from racewalk.wire.remembered import remembered
from racewalk.wire.statements import Expected, Reader, Value, decode, is_binary

ROWS_KEPT: Final = 100
"""Rows of one step that are recorded; more are forwarded and counted by their command tag."""

_REMEMBERED: Final = 1024

Description = tuple[tuple[str, ...], tuple[tuple[int, bool], ...]]
"""Of rows: the columns' names, and for each its type and whether it comes binary."""
Descriptions = dict[bytes, Description]
"""By the message that tells them."""


@dataclass(slots=True)
class Reply:
    """The answer to one step, filled message by message until ReadyForQuery.

    Attributes:
        columns: names of the columns of the last result.
        rows: the first `ROWS_KEPT` rows of all results.
        tags: command tags, such as 'UPDATE 1', in order.
        error: SQLSTATE of the ErrorResponse, or None.
        error_text: its message, or an empty string.
        status: 'I' idle, 'T' in a transaction, 'E' in a failed one; '' until it is over.
        plans: what auto_explain told since the step before: one text of JSON a plan.
        known: descriptions of rows that were read before on this connection: in every schedule
            the same statements are described again.
    """

    columns: tuple[str, ...] = ()
    rows: list[tuple[Value, ...]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    error: str | None = None
    error_text: str = ""
    status: str = ""
    plans: list[str] = field(default_factory=list)
    known: Descriptions = field(default_factory=dict, repr=False, compare=False)
    _types: tuple[tuple[int, bool], ...] = ()

    def expect(self, expected: Expected) -> None:
        """Know the rows to come, where nobody will tell of them.

        Raises:
            ProtocolError: fields that do not fit the description.
        """
        self.columns, types = self._description(expected.described)
        self._types = tuple(
            (oid, is_binary(expected.formats, index)) for index, (oid, _) in enumerate(types)
        )

    def add(self, message: Message) -> None:
        """Take one backend message.

        Raises:
            ProtocolError: fields that do not fit the message.
        """
        match message.kind:
            case "D":
                if len(self.rows) < ROWS_KEPT:
                    self.rows.append(_row(message, self._types))
            case "C":
                self.tags.append(message.body.rstrip(b"\0").decode("ascii", "replace"))
            case "T":
                self.columns, self._types = self._description(message.body)
            case "E":
                fields = notice_fields(message)
                self.error, self.error_text = fields.get("C", "?????"), fields.get("M", "")
            case "Z":
                self.status = message.body.decode("ascii", "replace")

    def _description(self, body: bytes) -> Description:
        found = self.known.get(body)
        if found is None:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            found = self.known[body] = _description(body)
        return found


@remembered
def _row(message: Message, types: tuple[tuple[int, bool], ...]) -> tuple[Value, ...]:
    """Read a DataRow, as text where other columns were told than it has."""
    reader = Reader(message.body)
    count = reader.count()
    if len(types) != count:
        types = ((0, False),) * count
    return tuple([decode(reader.value(), oid, binary) for oid, binary in types])


def _description(body: bytes) -> Description:
    """Read a RowDescription."""
    reader = Reader(body)
    names, types = [], []
    for _ in range(reader.count()):
        names.append(reader.text())
        reader.take(6)
        oid = reader.int32()
        reader.take(6)
        types.append((oid, bool(reader.int16())))
    return tuple(names), tuple(types)
