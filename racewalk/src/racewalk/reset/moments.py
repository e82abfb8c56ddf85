"""Moments in rows, described so that two schedules that did the same have the same description.

No two schedules read the same moment from the clock. A moment of the last or the next day is
therefore described by its distance to the schedule's start, in whole minutes; a moment that is
further away, if it is a whole number of hours from the clock. A moment without seconds is a date or
an appointment rather than a reading of the clock, and is compared as it is. A moment that was
computed from a row's earlier value, such as a reservation that is extended, is described by how far
it moved.
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
_SKEW: Final = timedelta(seconds=5)
"""How far the clock of another machine, or one of whole seconds, may be behind this one."""


class Moments:
    """Describes the moments that one schedule after the other has written."""

    def __init__(self) -> None:
        self._since = self._until = datetime.now(UTC)
        self._descriptions: dict[datetime, str] = {}
        self._clocks = set[str]()

    def passed(self) -> None:
        """Note that a schedule is over, which began when the one before ended."""
        self._since, self._until = self._until, datetime.now(UTC)

    def describe(self, moment: Any, column: str) -> str:
        """Return the description of a moment that was written, such as `<time + 10 minutes>`.

        Args:
            moment: as JSON holds it.
            column: table and name of its column.
        """
        at = _read(moment)
        return str(moment) if at is None else self._description(at, column) or str(moment)

    def moved(self, before: Any, moment: Any) -> str:
        """Return how far a moment of the start was moved, or '' where that cannot be computed.

        A clock of whole seconds may be whole quarters of an hour away by chance, so a start without
        fractions of a second gives ''.
        """
        was, at = _read(before), _read(moment)
        if was is None or at is None or not was.microsecond:
            return ""
        off = at - was
        if off == _UNMOVED or off % _A_QUARTER:
            return ""
        return f"{_length(off)} {'later' if off > _UNMOVED else 'earlier'}"

    def before(self, moment: Any, column: str) -> str:
        """Return the description of a moment that a row with a key held at the start.

        A moment with fractions of a second is `<time>`: if the start is made anew, as that of a
        session is, the clock gives another one each time.
        """
        at = _read(moment)
        if at is None:
            return str(moment)
        return NOW if at.microsecond else self._description(at, column) or str(moment)

    def _description(self, at: datetime, column: str) -> str:
        """The description of a moment, or '' where it is compared as it is.

        The clock never gives one moment twice, so a moment that comes again keeps its description.
        """
        if at not in self._descriptions:
            self._descriptions[at] = self._describe(at, column)
        return self._descriptions[at]

    def _describe(self, at: datetime, column: str) -> str:
        if self._is_present(at):
            return NOW
        if at.second or at.microsecond:
            self._clocks.add(column)
        elif column not in self._clocks:
            return ""
        if abs(at - self._until) >= _A_DAY:
            return self._put_off(at)
        minutes = (at - self._since + _SKEW) // _A_MINUTE * _A_MINUTE
        return _from_now(minutes) if minutes else NOW

    def _is_present(self, at: datetime) -> bool:
        return self._since - _A_SECOND <= at <= self._until + _A_SECOND

    def _put_off(self, at: datetime) -> str:
        """By how many hours a moment of this schedule was put off, a day or more, or ''."""
        hours = round((at - self._until) / _AN_HOUR) * _AN_HOUR
        taken = at - hours
        # Of whole seconds it may be a little before, and by another machine's clock after. A moment
        # with fractions that is a little before is what the set-up took from the clock.
        since = self._since if taken.microsecond else self._since - _A_SECOND
        if abs(hours) < _A_DAY or not since <= taken <= self._until + _A_SECOND:
            return ""
        return _from_now(hours)


def _from_now(off: timedelta) -> str:
    return f"<time {'+' if off > _UNMOVED else '-'} {_length(off)}>"


def _length(off: timedelta) -> str:
    """Return a length of whole minutes, such as '90 minutes'."""
    units = {"days": _A_DAY, "hours": _AN_HOUR, "minutes": _A_MINUTE}
    return next(f"{abs(off) // unit} {name}" for name, unit in units.items() if not off % unit)


def _read(moment: Any) -> datetime | None:
    """Return a moment that a column holds, in UTC where it names no zone; None: infinity."""
    try:
        at = datetime.fromisoformat(str(moment))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
