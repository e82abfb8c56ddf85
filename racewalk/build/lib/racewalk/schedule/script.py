"""A schedule while it is followed: what it says next, and how it goes on where it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from racewalk.errors import DivergenceError
from racewalk.schedule.schedule import Begin, Item, Release, Schedule, Wake

Ask = Callable[[Sequence[Begin | Release]], int | None]
"""Says who goes on, of those that can; None: from here on nobody is preempted."""


class Script:
    """Follows a schedule choice by choice; where it is over, nobody is preempted.

    Args:
        schedule: the first choices.
        ask: who is asked for the others, until they have no more to say.

    Attributes:
        choices: of steps and beginnings, how many the schedule has.
    """

    def __init__(self, schedule: Schedule, ask: Ask | None = None) -> None:
        self._schedule, self._ask = schedule, ask
        self._left = deque(schedule)
        self._current = -1
        self.choices = sum(not isinstance(item, Wake) for item in schedule)

    def choose(self, options: Sequence[Begin | Release]) -> int:
        """Return the request to go on with.

        Args:
            options: one item for each request that can, ascending.

        Raises:
            DivergenceError: the schedule says what is not open.
        """
        if self._left:
            item = self._left.popleft()
            if item not in options:
                raise self._not_open(item, options)
            self._current = item.request
        elif (asked := self._asked(options)) is not None:
            self._current = asked
        elif all(option.request != self._current for option in options):
            self._current = options[0].request
        return self._current

    def _asked(self, options: Sequence[Begin | Release]) -> int | None:
        found = self._ask(options) if self._ask else None
        if found is None:
            self._ask = None
        return found

    def wake(self, options: Sequence[int]) -> int:
        """Return whom to wake first of several, told in the order in which they began to wait.

        Raises:
            DivergenceError: the schedule says somebody else.
        """
        if not self._left or not isinstance(self._left[0], Wake):
            return options[0]
        item = self._left.popleft()
        if item.request not in options:
            raise self._not_open(item, [Wake(request) for request in options])
        return item.request

    def check_spent(self) -> None:
        """Check that the run was as long as the schedule.

        Raises:
            DivergenceError: something is left of it.
        """
        if self._left:
            raise DivergenceError(f"the run of {self._schedule} was over before {self._left[0]}")

    def _not_open(self, item: Item, options: Sequence[Item]) -> DivergenceError:
        done = len(self._schedule) - len(self._left) - 1
        open_ = ", ".join(map(str, options))
        return DivergenceError(
            f"choice {done} of {self._schedule}: {item} cannot go on, {open_} can"
        )
