"""Moments in rows: those that a schedule took from the clock are told by their kind.

No two schedules take the same one. What is told of it is how far it was put off: in whole hours,
since a zone may lie between the clock and a column that names none. One that was reckoned from what
a row held, as when a reservation is extended, is told by how far that was moved.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

NOW: Final = "<time>"
_A_DAY: Final = timedelta(days=1)
_AN_HOUR: Final = timedelta(hours=1)
_A_MINUTE: Final = timedelta(minutes=1)
_A_QUARTER: Final = 15 * _A_MINUTE
_UNMOVED: Final = timedelta()
_A_SECOND: Final = timedelta(seconds=1)


class Moments:
    """Tells the moments in what one schedule after the other has written."""

    def __init__(self) -> None:
        self._since = self._until = datetime.now(UTC)
        self._fixed = set[datetime]()

    def passed(self) -> None:
        """Take it that a schedule is over, which began when the one before was."""
        self._since, self._until = self._until, datetime.now(UTC)

    def told(self, moment: Any) -> str:
        """Return a moment that was written, in words; one of another day means something.

        Unless it is the schedule's own, put off: the end of a session is `<time + 14 days>`.
        """
        at = _read(moment)
        return str(moment) if at is None else self._kind(at) or str(moment)

    def moved(self, before: Any, moment: Any) -> str:
        """Return how far a moment of the start was moved, or '' where that is nothing to go by.

        Of one that has no fractions of a second a clock may be whole quarters of an hour away.
        """
        was, at = _read(before), _read(moment)
        if was is None or at is None or not was.microsecond:
            return ""
        off = at - was
        if off == _UNMOVED or off % _A_QUARTER:
            return ""
        return f"{_length(off)} {'later' if off > _UNMOVED else 'earlier'}"

    def before(self, moment: Any) -> str:
        """Return a moment that a row with a key held at the start, which is one and the same.

        That of a clock is another where the start is made again, as that of a session is.
        """
        at = _read(moment)
        if at is None:
            return str(moment)
        return NOW if at.microsecond else self._kind(at) or str(moment)

    def _kind(self, at: datetime) -> str:
        """What is told of a moment in its place, or ''; nothing of one that came before as it is.

        That is none of the clock's, which may come to be a day away, or whole hours.
        """
        if at in self._fixed:
            return ""
        off = at - self._until
        kind = self._put_off(off) or (NOW if abs(off) < _A_DAY else "")
        if not kind:
            self._fixed.add(at)
        return kind

    def _put_off(self, off: timedelta) -> str:
        """By how many hours a moment of this schedule was put off, a day or more, or ''."""
        hours = round(off / _AN_HOUR) * _AN_HOUR
        taken = self._until + off - hours
        # Of whole seconds it may be a little before, and by another machine's clock after. A moment
        # with fractions that is a little before is what the set-up took from the clock.
        since = self._since if taken.microsecond else self._since - _A_SECOND
        if abs(hours) < _A_DAY or not since <= taken <= self._until + _A_SECOND:
            return ""
        return f"<time {'+' if hours > _UNMOVED else '-'} {_length(hours)}>"


def _length(off: timedelta) -> str:
    """Return a length of whole minutes in words."""
    units = {"days": _A_DAY, "hours": _AN_HOUR, "minutes": _A_MINUTE}
    return next(f"{abs(off) // unit} {name}" for name, unit in units.items() if not off % unit)


def _read(moment: Any) -> datetime | None:
    """Return a moment that a column holds, in UTC where it names no zone; None: infinity."""
    try:
        told = datetime.fromisoformat(str(moment))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
