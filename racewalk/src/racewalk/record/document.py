"""A recording as JSON; docs/recording.md says what stands in it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from racewalk.commute.trace import Move
from racewalk.record.camera import Watched
from racewalk.record.graph import Graph
from racewalk.record.lines import Line
from racewalk.record.view import View
from racewalk.record.writer import Ending, Ends, Writer
from racewalk.search.certificate import Certificate
from racewalk.search.unfolding import Configuration

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Title:
    """What a race's owner says of a recording.

    Attributes:
        cell: what was recorded.
        versions: of the programs that took part.
        recorded: the day.
        requests: what each request does, in order.
        facts: names of the facts.
    """

    cell: Mapping[str, Any]
    versions: Mapping[str, str]
    recorded: str
    requests: Sequence[Mapping[str, str]]
    facts: Sequence[str]


def document(
    certificate: Certificate, graph: Graph, view: View, title: Title, ending: Ending
) -> dict[str, Any]:
    """Return a recording as a JSON object.

    Args:
        certificate: of the race.
        graph: walked, all of it.
        view: what was shown.
        title: what its owner says of it.
        ending: what they say of an end.
    """
    writer, ends = Writer(view), Ends(certificate.outcomes, ending)
    nodes = _nodes(graph, writer, ends)
    return {
        **_head(title, view),
        "hash": certificate.hash,
        "certificate": _certificate(certificate),
        "outcomes": ends.written,
        **writer.shared,
        "nodes": nodes,
    }


def of_one_run(watched: Watched, view: View, title: Title, ending: Ending) -> dict[str, Any]:
    """Return one schedule in the form of a recording: its graph is a path.

    Args:
        watched: what was seen.
        view: what was shown.
        title: what its owner says of it.
        ending: what they say of an end.
    """
    writer, ends = Writer(view), Ends({watched.outcome: 1}, ending)
    choices = watched.run.choices
    nodes = []
    for number, state in enumerate(watched.states):
        moves = []
        if number < len(choices):
            moves.append(_move(choices[number].move, number + 1, watched.lines[number], writer))
        over = number == len(choices)
        nodes.append(
            {
                "state": writer.state(state),
                "next": [writer.text(text) for text in _ahead(watched, number)],
                "moves": moves,
                "end": ends.number(watched.outcome) if over else None,
            }
        )
    return {
        **_head(title, view),
        "schedule": str(watched.run.schedule),
        "outcomes": ends.written,
        **writer.shared,
        "nodes": nodes,
    }


def _ahead(watched: Watched, number: int) -> list[str | None]:
    """What each request is held or waits at: what comes of it later tells the values too."""
    found: list[str | None] = []
    for request, stands in enumerate(watched.states[number].stands):
        later = (
            line.text
            for lines in watched.lines[number:]
            for line in lines
            if line.by == request and line.text and line.kind != "answer"
        )
        found.append(next(later, None) if stands in ("held", "waits") else None)
    return found


def _nodes(graph: Graph, writer: Writer, ends: Ends) -> list[dict[str, Any]]:
    """The nodes, those that look alike with all that can follow as one."""
    order = _in_order(graph)
    announced = _announced(graph, order)
    alike: dict[str, Configuration] = {}
    first: dict[Configuration, Configuration] = {}
    for name in reversed(order):
        node = graph.nodes[name]
        after = [
            (_told(move), order[first[there]], node.lines[move])
            for move, there in _moves(graph, name)
        ]
        looks = repr((node.state, announced[name], after, node.end))
        first[name] = alike.setdefault(looks, name)
    numbers = {graph.start: 0}
    ahead = deque(numbers)
    written = []
    while ahead:
        name = ahead.popleft()
        node = graph.nodes[name]
        if node.state is None:
            raise ValueError("nobody has come to a node")
        moves = []
        for move, following in _moves(graph, name):
            there = first[following]
            if there not in numbers:
                numbers[there] = len(numbers)
                ahead.append(there)
            moves.append(_move(move, numbers[there], node.lines[move], writer))
        written.append(
            {
                "state": writer.state(node.state),
                "next": [writer.text(text) for text in announced[name]],
                "moves": moves,
                "end": ends.number(node.end) if node.end else None,
            }
        )
    return written


def _move(move: Move, to: int, lines: Sequence[Line], writer: Writer) -> dict[str, Any]:
    return {
        "by": move[0].request,
        "move": _told(move),
        "to": to,
        "lines": [writer.line(line) for line in lines],
    }


def _head(title: Title, view: View) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "cell": dict(title.cell),
        "versions": dict(title.versions),
        "recorded": title.recorded,
        "requests": [dict(each) for each in title.requests],
        "facts": list(title.facts),
        "tables": [{"name": each.title, "columns": list(each.columns)} for each in view.tables],
    }


def to_bytes(recording: Mapping[str, Any]) -> bytes:
    """Return a recording as it is kept."""
    return json.dumps(recording, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _certificate(certificate: Certificate) -> dict[str, Any]:
    smallest = certificate.smallest
    return {
        "schedules": certificate.schedules,
        "unsafe": certificate.unsafe,
        "classes": certificate.reduction.classes if certificate.reduction else None,
        "by_preemptions": {
            str(number): list(counts)
            for number, counts in sorted(certificate.by_preemptions.items())
        },
        "smallest": str(smallest[0].schedule) if smallest else None,
    }


def _told(move: Move) -> str:
    return "".join(map(str, move))


def _moves(graph: Graph, name: Configuration) -> list[tuple[Move, Configuration]]:
    return sorted(graph.nodes[name].after.items(), key=lambda each: _told(each[0]))


def _in_order(graph: Graph) -> dict[Configuration, int]:
    """The nodes by distance from the start, each with its number."""
    order = {graph.start: 0}
    ahead = deque(order)
    while ahead:
        for _, there in _moves(graph, ahead.popleft()):
            if there not in order:
                order[there] = len(order)
                ahead.append(there)
    return order


def _announced(
    graph: Graph, order: Mapping[Configuration, int]
) -> dict[Configuration, list[str | None]]:
    """For each node and request the statement that comes next, or that it waits with.

    A driver that prepares on its own tells a statement's values late, so that a held one is known
    in full by what came of it.
    """
    found: dict[Configuration, list[str | None]] = {}
    for name in order:
        node = graph.nodes[name]
        stands = node.state.stands if node.state else ()
        mine = found.setdefault(name, [None] * len(stands))
        for move, there in _moves(graph, name):
            following = found.setdefault(there, [None] * len(stands))
            own = [line for line in node.lines[move] if line.by == move[0].request]
            if own and stands[move[0].request] == "held":
                mine[move[0].request] = own[0].text
            waiting = {line.by: line.text for line in own if line.kind == "wait" and line.text}
            for request in range(len(stands)):
                if _stands(graph, there, request) == "waits":
                    following[request] = waiting.get(request) or mine[request]
    return found


def _stands(graph: Graph, name: Configuration, request: int) -> str:
    state = graph.nodes[name].state
    return state.stands[request] if state else ""
