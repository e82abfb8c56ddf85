"""The latest event of each request that made an access, looked up by verb and table.

Dependence is not asked of every pair of events: an access can only depend on one with a verb of
`dependence.partners`, and, verbs that concern every table aside, on the same table. Of a request's
events with one access only the latest matters, since all earlier ones happen before it (as loom's
objects keep their last dependent access).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from racewalk.commute.access import Access, Footprint, Verb
from racewalk.commute.dependence import anywhere, dependent, partners


@dataclass(slots=True)
class _Place:
    """Where an access was made last: index of the event, and its number in its request."""

    index: int
    number: int


_Tables = dict[str, dict[Access, _Place]]


class Last:
    """Filled event by event, in the order of a run.

    Args:
        requests: how many race.
    """

    def __init__(self, requests: int) -> None:
        self._by_request: list[dict[Verb, _Tables]] = [{} for _ in range(requests)]
        self._numbers = [-1] * requests

    def add(self, index: int, request: int, number: int, accesses: Footprint) -> None:
        """Add an event: its index in the run, and how many of its request came before."""
        verbs, self._numbers[request] = self._by_request[request], number
        place = _Place(index, number)
        for access in accesses:
            verbs.setdefault(access.verb, {}).setdefault(access.rows.table, {})[access] = place

    def dependent(self, accesses: Footprint, clock: tuple[int, ...]) -> Iterator[int]:
        """Yield the latest event of each request that an event with these accesses depends on.

        Args:
            accesses: what the event does.
            clock: what comes before it anyway, and need not be told.
        """
        for request, verbs in enumerate(self._by_request):
            if self._numbers[request] < clock[request]:
                continue  # all of it, as it is of the event's own request
            latest = _Place(-1, clock[request] - 1)
            for access in accesses:
                for earlier, place in _candidates(verbs, access):
                    if place.number > latest.number and dependent(earlier, access):
                        latest = place
            if latest.index >= 0:
                yield latest.index


def _candidates(verbs: dict[Verb, _Tables], access: Access) -> Iterator[tuple[Access, _Place]]:
    for verb in partners(access.verb):
        tables = verbs.get(verb)
        if not tables:
            continue
        if anywhere(verb) or anywhere(access.verb):
            for places in tables.values():
                yield from places.items()
        elif places := tables.get(access.rows.table, {}):
            yield from places.items()
