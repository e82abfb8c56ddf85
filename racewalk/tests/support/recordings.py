"""A recording of a race that was never run: a small model of requests that update one row.

Each request begins, updates the row and commits; whoever finds it locked waits, and a commit sets
the first of the waiters free, or whichever is chosen. What is recorded of a real race is tested
where it is recorded; this one has what a reader of recordings must get right, in a few nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from racewalk.words import name

PROGRAM = ("BEGIN", 'UPDATE "user" SET money = money - 10', "COMMIT")
TEXTS = [*PROGRAM, "money = money - 10", "waits for the row", "user.money", "paid", "holds the row"]


@dataclass(frozen=True)
class Node:
    """Where the model stands: next steps, who holds the row, who waits, who has updated it."""

    at: tuple[int, ...]
    holder: int | None = None
    waiters: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()

    def moved(self, request: int, **changes: Any) -> Node:
        """The node after a step of a request."""
        at = tuple(step + (who == request) for who, step in enumerate(self.at))
        return replace(self, at=at, **changes)


Move = tuple[str, int, Node, list[dict[str, Any]]]


def recording(requests: int = 2) -> dict[str, Any]:
    """Return the recording; an order in which A updates last is unsafe."""
    start = Node((0,) * requests)
    numbers, found = {start: 0}, [start]
    nodes: list[dict[str, Any]] = []
    for node in found:
        moves = []
        for move, by, to, lines in _moves(node):
            if to not in numbers:
                numbers[to] = len(found)
                found.append(to)
            moves.append({"by": by, "move": move, "to": numbers[to], "lines": lines})
        end = None if moves else int(node.updated[-1] == 0)
        nodes.append({"state": len(nodes), "next": [None] * requests, "moves": moves, "end": end})
    return {
        "format": 1,
        "cell": {"stack": "model", "strategy": "row", "start": 10, "title": "A row <b>"},
        "versions": {"postgresql": "18.1", "framework": "Model 1.0", "orm": "Model 1.0"},
        "recorded": "2026-01-02",
        "hash": "0123456789abcdef" * 4,
        "certificate": {"smallest": None, "by_preemptions": {}, **_count(nodes)},
        "outcomes": [_outcome(requests, unsafe) for unsafe in (False, True)],
        "facts": ["balance", "paid_out", "payouts"],
        "tables": [{"name": "user", "columns": ["money"]}],
        "sources": [
            {"file": "model.py", "name": "withdraw", "lines": [[2, "if a < b:"], [3, "    go()"]]}
        ],
        "requests": [{"name": name(each), "does": "withdraws 10"} for each in range(requests)],
        "texts": TEXTS,
        "states": [_state(node) for node in found],
        "nodes": nodes,
    }


def _moves(node: Node) -> list[Move]:
    return [
        move
        for request, step in enumerate(node.at)
        if step < len(PROGRAM) and request not in node.waiters
        for move in _step(node, request, step)
    ]


def _step(node: Node, by: int, step: int) -> list[Move]:
    done = _line(by, "step", step)
    if step == 0:
        return [(name(by), by, node.moved(by), [done])]
    if step == 1 and node.holder is None:
        return [(name(by), by, node.moved(by, holder=by, updated=(*node.updated, by)), [done])]
    if step == 1:
        waiting = replace(node, waiters=(*node.waiters, by))
        return [(name(by), by, waiting, [_line(by, "wait", step)])]
    answer = _line(by, "answer", 6)
    if not node.waiters:
        return [(name(by), by, node.moved(by, holder=None), [done, answer])]
    return [_woken(node, by, next_, [done, answer]) for next_ in node.waiters]


def _woken(node: Node, by: int, next_: int, lines: list[dict[str, Any]]) -> Move:
    rest = tuple(each for each in node.waiters if each != next_)
    freed = node.moved(by, holder=next_, waiters=rest, updated=(*node.updated, next_)).moved(next_)
    move = name(by) + (f"~{name(next_)}" if len(node.waiters) > 1 else "")
    return move, by, freed, [*lines, _line(next_, "goes on", 1)]


def _line(by: int, kind: str, text: int) -> dict[str, Any]:
    update = text == 1
    return {
        "by": by,
        "kind": kind,
        "text": text,
        "reads": None,
        "writes": 3 if update and kind != "wait" else None,
        "note": 4 if kind == "wait" else None,
        "failed": False,
        "source": [[0, 3]],
    }


def _state(node: Node) -> dict[str, Any]:
    done = [step == len(PROGRAM) for step in node.at]
    versions: list[dict[str, Any]] = [
        {"table": 0, "by": None, "value": [10], "made": "committed", "ended": None}
    ]
    for number, by in enumerate(node.updated, 1):
        made = "committed" if done[by] else "open"
        versions[-1] |= {"ended": [by, made]}
        versions.append(
            {"table": 0, "by": by, "value": [10 - 10 * number], "made": made, "ended": None}
        )
    stands = ["done" if over else "held" for over in done]
    for waiter in node.waiters:
        stands[waiter] = "waits"
    holder = [] if node.holder is None else [{"by": node.holder, "words": 7, "granted": True}]
    paid = 10 * sum(done)
    return {
        "stands": stands,
        "at": [
            [] if over else [[0, 3 if step else 2]]
            for over, step in zip(done, node.at, strict=True)
        ],
        "python": [[[5, 10]] if step else [] for step in node.at],
        "ran": [[[0, 2, [[5, 10]]]] if step == 1 else [] for step in node.at],
        "open": [0 < step < len(PROGRAM) for step in node.at],
        "answered": ["paid" if over else None for over in done],
        "facts": [10 - paid, paid, sum(done)],
        "versions": versions,
        "locks": holder + [{"by": each, "words": 4, "granted": False} for each in node.waiters],
        "waits": [[each, node.holder] for each in node.waiters],
    }


def _outcome(requests: int, unsafe: bool) -> dict[str, Any]:
    payouts = requests if unsafe else 1
    return {
        "unsafe": unsafe,
        "said": ["paid"] * payouts + ["refused"] * (requests - payouts),
        "facts": [10 - 10 * payouts, 10 * payouts, payouts],
        "broken": ["A was last"] if unsafe else [],
        "count": 0,
        "words": f"{10 * payouts} of 10 was paid out.",
        "bad": "unsafe" if unsafe else None,
    }


def _count(nodes: list[dict[str, Any]]) -> dict[str, int]:
    """Walk every path, one by one."""
    schedules = unsafe = 0
    open_ = [0]
    while open_:
        node = nodes[open_.pop()]
        open_ += [move["to"] for move in node["moves"]]
        schedules += not node["moves"]
        unsafe += node["end"] == 1
    return {"schedules": schedules, "unsafe": unsafe}
