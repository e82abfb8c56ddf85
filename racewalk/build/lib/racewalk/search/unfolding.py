"""All that is known of a target's schedules, without one that only swaps steps that commute.

Schedules are folded into one graph. Its nodes are configurations: sets of events, each with all
that happens before it; equivalent beginnings of schedules lead to the same node. An edge is one
more event. A run adds the nodes and edges of *all* schedules of its class, so an edge that is
missing leads to a class that was never run. (An unfolding into a prime event structure: Nielsen,
Plotkin, Winskel, 1981; as a search: Rodríguez, Sousa, Sharma, Kroening, Unfolding-based Partial
Order Reduction, CONCUR 2015.)

The graph also watches the relation: an event has to be the same in all runs, and a configuration
has to leave the same requests able to go on, whichever way it was reached.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from racewalk.commute.trace import Clock, Event, Move, Trace
from racewalk.errors import DivergenceError
from racewalk.schedule.schedule import Begin, Release

Configuration = tuple[int, ...]
"""For each request, the number of its last event; 0 where it has not begun."""


@dataclass(slots=True)
class Node:
    """One configuration.

    Attributes:
        enabled: the requests that can go on from here, ascending.
        begins: those of them that would begin with it.
        after: the configurations that they lead to, as far as known: a request may go on in more
            than one way, where its step sets several others free.
        others: beginnings of moves that were seen to be open.
    """

    enabled: tuple[int, ...]
    begins: tuple[int, ...] = ()
    after: dict[Move, Configuration] = field(default_factory=dict)
    others: dict[Move, None] = field(default_factory=dict)

    def missing(self, request: int) -> Move | None:
        """Return the beginning of a move of this request that leads nowhere yet, or None."""
        first: Move = (Begin(request) if request in self.begins else Release(request),)
        for move in (first, *self.others):
            drawn = any(known[: len(move)] == move for known in self.after)
            if move[0].request == request and not drawn:
                return move
        return None


class Unfolding:
    """The graph, filled run by run.

    Args:
        requests: how many race.
    """

    def __init__(self, requests: int) -> None:
        self.start: Configuration = (0,) * requests
        self.nodes: dict[Configuration, Node] = {}
        self._numbers: dict[tuple[Move, Configuration], int] = {}
        self._observed: dict[int, tuple[object, ...]] = {}

    def add(self, trace: Trace) -> list[Configuration]:
        """Add every schedule of a run's class; return the configurations on the run's own way.

        Raises:
            DivergenceError: what was seen contradicts an earlier run of an equivalent beginning.
        """
        lines: list[list[Event]] = [[] for _ in self.start]
        for event in trace.events:
            lines[event.request].append(event)
        numbers: list[list[int]] = [[0] for _ in lines]
        way = [self.start]
        for event in trace.events:
            past = tuple(numbers[r][count] for r, count in enumerate(event.clock))
            numbers[event.request].append(self._number(event, past))
            way.append(tuple(line[-1] for line in numbers))
        self._add_cuts(lines, numbers)
        return way

    def _number(self, event: Event, past: Configuration) -> int:
        number = self._numbers.setdefault((event.move, past), len(self._numbers) + 1)
        observed = event.seen
        if self._observed.setdefault(number, observed) != observed:
            raise DivergenceError(
                f"two equivalent schedules were not: {self._observed[number]} and {observed}"
            )
        return number

    def _add_cuts(self, lines: list[list[Event]], numbers: list[list[int]]) -> None:
        """Add the nodes of all cuts through the run, each the beginning of some schedule."""
        start: Clock = (0,) * len(lines)
        known, open_cuts = {start}, [start]
        while open_cuts:
            cut = open_cuts.pop()
            following = [
                (r, line[count])
                for r, (line, count) in enumerate(zip(lines, cut, strict=True))
                if count < len(line)
            ]
            enabled = tuple(r for r, event in following if _within(event.ready, cut))
            here = tuple(map(list.__getitem__, numbers, cut))
            begins = tuple(r for r in enabled if isinstance(lines[r][cut[r]].move[0], Begin))
            node = self.nodes.setdefault(here, Node(enabled, begins))
            if node.enabled != enabled:
                raise DivergenceError(
                    f"equivalent schedules leave {node.enabled} and {enabled} able to go on"
                )
            for request, event in following:
                if _within(event.clock, cut):
                    number = numbers[request][cut[request] + 1]
                    node.others |= dict.fromkeys(event.others)
                    node.after[event.move] = (*here[:request], number, *here[request + 1 :])
                    larger = (*cut[:request], cut[request] + 1, *cut[request + 1 :])
                    if larger not in known:
                        known.add(larger)
                        open_cuts.append(larger)


def _within(clock: Clock, cut: Clock) -> bool:
    return all(map(int.__le__, clock, cut))
