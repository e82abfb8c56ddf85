"""Moments in rows: those that a schedule took from the clock are told by their kind.

No two schedules take the same one. What is told of it is how far it was put off: in whole hours,
since a zone may lie between the clock and a column that names none.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

NOW: Final = "<time>"
_A_DAY: Final = timedelta(days=1)
_AN_HOUR: Final = timedelta(hours=1)


class Moments:
    """Tells the moments in what one schedule after the other has written."""

    def __init__(self) -> None:
        self._since = self._until = datetime.now(UTC)

    def passed(self) -> None:
        """Take it that a schedule is over, which began when the one before was."""
        self._since, self._until = self._until, datetime.now(UTC)

    def told(self, moment: Any) -> str:
        """Return a moment that was written, in words; one of another day means something.

        Unless it is the schedule's own, put off: the end of a session is `<time + 14 days>`.
        """
        at = _read(moment)
        if at is None:
            return str(moment)
        off = at - self._until
        return NOW if abs(off) < _A_DAY else self._put_off(off) or str(moment)

    def before(self, moment: Any) -> str:
        """Return a moment that a row with a key held at the start, which is one and the same.

        That of a clock is another where the start is made again, as that of a session is.
        """
        at = _read(moment)
        if at is None:
            return str(moment)
        return NOW if at.microsecond or abs(at - self._until) < _A_DAY else str(moment)

    def _put_off(self, off: timedelta) -> str:
        """By how many hours a moment of this schedule was put off, or '' where it is not one."""
        # The moment itself is at most `_until`, so this rounds up.
        hours = -(-off // _AN_HOUR)
        taken = self._until + off - hours * _AN_HOUR
        if taken < self._since:
            return ""
        days, rest = divmod(abs(hours), 24)
        length = f"{abs(hours)} hours" if rest else f"{days} days"
        return f"<time {'+' if hours > 0 else '-'} {length}>"


def _read(moment: Any) -> datetime | None:
    """Return a moment that a column holds, in UTC where it names no zone; None: infinity."""
    try:
        told = datetime.fromisoformat(str(moment))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
