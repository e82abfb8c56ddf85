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
from itertools import zip_longest

from racewalk.commute.trace import Clock, Event, Move, Trace
from racewalk.errors import DivergenceError
from racewalk.schedule.compare import ALIKE, both, difference
from racewalk.schedule.schedule import Begin, Release
from racewalk.words import name

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
        runs: how many runs were looked at for it.
    """

    enabled: tuple[int, ...]
    begins: tuple[int, ...] = ()
    after: dict[Move, Configuration] = field(default_factory=dict)
    others: dict[Move, None] = field(default_factory=dict)
    runs: int = 0

    def missing(self, request: int) -> Move | None:
        """Return the beginning of a move of this request that leads nowhere yet, or None."""
        first: Move = (Begin(request) if request in self.begins else Release(request),)
        for move in (first, *self.others):
            drawn = any(known[: len(move)] == move for known in self.after)
            if move[0].request == request and not drawn:
                return move
        return None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One run: each request's events, their numbers, and how many of them come up to a number."""

    lines: list[list[Event]]
    numbers: list[list[int]]
    counts: list[dict[int, int]]

    def cut(self, here: Configuration) -> Clock:
        """How many events of each request a configuration of this run has."""
        return tuple(map(dict.__getitem__, self.counts, here))


class Unfolding:
    """The graph, filled run by run; a node is drawn when somebody asks for it.

    A run of three long requests goes through half a million configurations, and a search with a
    bound of preemptions looks at a few thousand of them.

    Args:
        requests: how many race.
    """

    def __init__(self, requests: int) -> None:
        self.start: Configuration = (0,) * requests
        self._nodes: dict[Configuration, Node] = {}
        self._runs: list[_Drawn] = []
        # For each event's number the runs that it is in, a bit for each. All begin with nothing.
        self._in: dict[int, int] = {0: -1}
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
        bit = 1 << len(self._runs)
        for event in trace.events:
            past = tuple(numbers[r][count] for r, count in enumerate(event.clock))
            number = self._number(event, past)
            self._in[number] = self._in.get(number, 0) | bit
            numbers[event.request].append(number)
            way.append(tuple(line[-1] for line in numbers))
        counts = [{number: count for count, number in enumerate(line)} for line in numbers]
        self._runs.append(_Drawn(lines, numbers, counts))
        return way

    def node(self, here: Configuration) -> Node:
        """Return a configuration that a run has gone through, or could have, as it is known now.

        Raises:
            DivergenceError: equivalent schedules lead to it, and leave others able to go on.
            KeyError: no run has it.
        """
        node = self._nodes.get(here)
        known = node.runs if node else 0
        if node and known == len(self._runs):
            return node
        through = -1
        for number in here:
            through &= self._in[number]
        for run in range(known, len(self._runs)):
            if through >> run & 1:
                node = self._draw(node, here, self._runs[run])
        if node is None:
            raise KeyError(here)
        node.runs = len(self._runs)
        self._nodes[here] = node
        return node

    def nodes(self) -> dict[Configuration, Node]:
        """Return all that can be reached from the start."""
        found = {self.start: self.node(self.start)}
        open_ = [self.start]
        while open_:
            for there in found[open_.pop()].after.values():
                if there not in found:
                    found[there] = self.node(there)
                    open_.append(there)
        return found

    def _number(self, event: Event, past: Configuration) -> int:
        number = self._numbers.setdefault((event.move, past), len(self._numbers) + 1)
        observed = event.seen
        before = self._observed.setdefault(number, observed)
        if before != observed:
            raise DivergenceError(
                f"two orders that should be alike were not: {_differ(before, observed)}"
            )
        return number

    def _draw(self, node: Node | None, here: Configuration, run: _Drawn) -> Node:
        """Add to a node what one run tells of it."""
        cut = run.cut(here)
        able = [
            line[count]
            for line, count in zip(run.lines, cut, strict=True)
            if count < len(line) and _within(line[count].ready, cut)
        ]
        enabled = tuple([event.request for event in able])
        if node is None:
            begins = (event.request for event in able if isinstance(event.move[0], Begin))
            node = Node(enabled, tuple(begins))
        if node.enabled != enabled:
            one, other = (
                ", ".join(map(name, each)) or "nobody" for each in (node.enabled, enabled)
            )
            raise DivergenceError(
                f"two orders that should be alike do not leave the same able to go on: {one}, "
                f"then {other}"
            )
        for event in able:
            if _within(event.clock, cut):
                request = event.request
                number = run.numbers[request][cut[request] + 1]
                node.others |= dict.fromkeys(event.others)
                node.after[event.move] = (*here[:request], number, *here[request + 1 :])
        return node


def _within(clock: Clock, cut: Clock) -> bool:
    return all(map(int.__le__, clock, cut))


def _differ(before: tuple[object, ...], now: tuple[object, ...]) -> str:
    """Return in words how what was seen of one event differs from what was seen of it before."""
    pairs = zip_longest(before, now)
    one, other = next(pair for pair in pairs if pair[0] != pair[1])
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other) == len(ALIKE):
        return difference(zip(ALIKE, one, other, strict=True))
    return both(one, other)
