"""The graph of a race, walked: what was seen at each node, and what happened along each edge.

Whoever comes to a node on another way has to find there what was found before. Two ways lead to one
node where the explorer takes steps to commute, so this is a check of that by looking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from racewalk.commute.trace import Move
from racewalk.errors import DivergenceError
from racewalk.record.lines import Line
from racewalk.record.state import State
from racewalk.schedule.compare import both
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.schedule import Item, Schedule
from racewalk.search.unfolding import Configuration, Unfolding


@dataclass(slots=True)
class Node:
    """A configuration, as far as it was seen.

    Attributes:
        after: where each choice leads.
        state: what is to be seen here; None where nobody has come yet.
        lines: what happened at each choice that was made here.
        end: how a schedule ends here, if one does.
        by: the schedule that came here first.
    """

    after: dict[Move, Configuration]
    state: State | None = None
    lines: dict[Move, tuple[Line, ...]] = field(default_factory=dict)
    end: Outcome | None = None
    by: Schedule = field(default_factory=Schedule)


class Graph:
    """Nodes and edges of an unfolding, filled run by run.

    Args:
        unfolding: of all classes of the race.
    """

    def __init__(self, unfolding: Unfolding) -> None:
        self.start = unfolding.start
        self.nodes = {name: Node(dict(node.after)) for name, node in unfolding.nodes().items()}
        self._from_the_ends = list(_from_the_ends(self.start, self.nodes))

    def add(
        self,
        way: Sequence[Configuration],
        run: Run,
        outcome: Outcome,
        states: Sequence[State],
        lines: Sequence[tuple[Line, ...]],
    ) -> None:
        """Add what was seen on a run.

        Args:
            way: the configurations that it came through.
            run, outcome: the run.
            states: what was to be seen at each of them.
            lines: what happened between them.

        Raises:
            DivergenceError: the way is not in the graph, or something was seen otherwise before.
        """
        moves = [choice.move for choice in run.choices]
        for number, (name, state) in enumerate(zip(way, states, strict=True)):
            by = Schedule(tuple(item for move in moves[:number] for item in move))
            node = self.nodes.get(name)
            if node is None:
                raise DivergenceError(f"after {by} the race is where no schedule leads")
            if node.state is None:
                node.state, node.by = state, by
            elif node.state != state:
                raise _different(node.by, by, node.state.difference(state))
            if number == len(moves):
                self._end(node, by, outcome)
            else:
                self._edge(node, by, moves[number], way[number + 1], lines[number])

    def _end(self, node: Node, by: Schedule, outcome: Outcome) -> None:
        if node.end not in (None, outcome):
            raise _different(node.by, by, f"the end: {both(node.end, outcome)}")
        node.end = outcome

    def _edge(
        self, node: Node, by: Schedule, move: Move, there: Configuration, seen: tuple[Line, ...]
    ) -> None:
        if node.after.get(move) != there:
            raise DivergenceError(f"after {by} the race goes where no schedule leads")
        if node.lines.setdefault(move, seen) != seen:
            what = f"what comes next: {both(node.lines[move], seen)}"
            raise _different(node.by, by, what)

    def left(self) -> Schedule | None:
        """Return the schedule along which most edges are that nobody has walked; None for none."""
        most: dict[Configuration, int] = {}
        best: dict[Configuration, Move] = {}
        for name in self._from_the_ends:
            node = self.nodes[name]
            most[name] = 0
            for move, there in node.after.items():
                count = most[there] + (move not in node.lines)
                if name not in best or count > most[name]:
                    most[name], best[name] = count, move
        if not most[self.start]:
            return None
        items: list[Item] = []
        name = self.start
        while name in best:
            items += best[name]
            name = self.nodes[name].after[best[name]]
        return Schedule(tuple(items))


def _from_the_ends(start: Configuration, nodes: dict[Configuration, Node]) -> list[Configuration]:
    """The nodes that can be reached, each after all that it leads to."""
    found: list[Configuration] = []
    seen = {start}
    path = [(start, iter(nodes[start].after.values()))]
    while path:
        name, following = path[-1]
        for there in following:
            if there not in seen:
                seen.add(there)
                path.append((there, iter(nodes[there].after.values())))
                break
        else:
            found.append(name)
            path.pop()
    return found


def _different(one: Schedule, other: Schedule, what: str) -> DivergenceError:
    return DivergenceError(
        f"{_after(one)} and {_after(other)} should lead to one state, and do not: {what}"
    )


def _after(schedule: Schedule) -> str:
    return str(schedule) or "the start"
