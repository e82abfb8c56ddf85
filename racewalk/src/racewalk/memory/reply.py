"""What a reply tells an application, without what differs in every schedule: the time.

A row that was written in this schedule bears a time that no other schedule has. Such a *fresh* time
lies between the start of the schedule and the reply. It is told by its order among all fresh times
that the request has been told: so an application that asks which of two rows is the newer, or
whether a row is still the one that it read, asks for what is told. Any other time is told as it is:
one of before the schedule comes again, and one that lies ahead, such as the end of a hold, may be
what an application decides by. What it sends after a fresh time is only trusted once it was the
same after another one.

Only times with their zone, as text: of others nobody can say whether they are fresh. They are told
as they are.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from datetime import datetime
from typing import Final

from racewalk.errors import ProtocolError
from racewalk.wire.framing import BackendFramer, encode
from racewalk.wire.statements import Reader

_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d)?")


class Fresh:
    """The fresh times that one request has been told in one schedule.

    Args:
        since: when the schedule began, in seconds since 1970; None: no time is fresh.
    """

    def __init__(self, since: float | None) -> None:
        self.since = since
        self._known: list[float] = []

    def told(self, reply: bytes, until: float) -> bytes:
        """Return a reply with its fresh times told by their order.

        Args:
            reply: whole messages of the server.
            until: when it came, by the clock of `since`.
        """
        if self.since is None or not _TIME.search(reply):
            return reply
        try:
            found = BackendFramer().feed(reply)
            return b"".join(
                self._row(message.body, until) if message.kind == "D" else message.raw
                for message in found
            )
        except ProtocolError:
            return reply

    def _row(self, body: bytes, until: float) -> bytes:
        reader, fields = Reader(body), list[bytes]()
        for _ in range(reader.count()):
            value = reader.value()
            if value is None:
                fields.append(struct.pack("!i", -1))
                continue
            value = self._value(value, until)
            fields.append(struct.pack("!i", len(value)) + value)
        return encode("D", struct.pack("!H", len(fields)) + b"".join(fields))

    def _value(self, value: bytes, until: float) -> bytes:
        if not _TIME.fullmatch(value):
            return value
        time = datetime.fromisoformat(value.decode()).timestamp()
        if self.since is None or not self.since <= time <= until:
            return value
        place = bisect_left(self._known, time)
        if self._known[place : place + 1] == [time]:
            return f"fresh: {place} again".encode()
        self._known.insert(place, time)
        return f"fresh: before {len(self._known) - place - 1}".encode()
