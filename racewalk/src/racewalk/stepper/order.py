"""One order of a recording, as a story: the one that is shown where no script runs."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from racewalk.stepper.recording import Recording
from racewalk.story.story import Bracket, Kind, Line, Story

Move = dict[str, Any]
"""A move of a node, as a recording holds it."""

_NOBODY: Final = -1
_KINDS: Final[dict[str, Kind]] = {"step": "step", "wait": "waits", "goes on": "goes on"}


def telling(recording: Recording) -> list[Move]:
    """Return the moves of the order to show.

    It is the smallest counterexample; of a race without one, the order with the fewest preemptions
    that ends badly in another way, or else in which a request waits, or else the one with the
    fewest.
    """
    smallest = recording["certificate"]["smallest"]
    if smallest is not None:
        return _named(recording, smallest)
    nodes, bad = recording["nodes"], bad_ends(recording)

    def ends_badly(move: Move) -> bool:
        end = nodes[move["to"]]["end"]
        return end is not None and recording["outcomes"][end] in bad

    for wanted in (ends_badly, _waits, lambda move: True):
        if found := _simplest(recording, wanted):
            return found
    return []


def bad_ends(recording: Recording) -> list[dict[str, Any]]:
    """Return the outcomes that are not unsafe, and not as they should be either."""
    return [each for each in recording["outcomes"] if each["bad"] and not each["unsafe"]]


def story(recording: Recording, moves: list[Move]) -> Story:
    """Return the story of an order.

    Args:
        recording: what was recorded.
        moves: from the start to an end.
    """
    here = moves[-1]["to"] if moves else 0
    outcome = recording["outcomes"][recording["nodes"][here]["end"]]
    return Story(
        requests=len(recording["requests"]),
        preemptions=_preemptions(recording, moves),
        lines=tuple(_lines(recording, moves)),
        answers=tuple(outcome["said"]),
        ending=outcome["words"],
        violations=tuple(outcome["broken"]) if outcome["unsafe"] else (),
    )


def written(moves: list[Move]) -> str:
    """Return an order as schedules are written."""
    return "".join(move["move"] for move in moves)


def _named(recording: Recording, schedule: str) -> list[Move]:
    """Return the moves of a schedule; behind its end they go on without a preemption."""
    nodes, here, rest = recording["nodes"], 0, schedule
    moves: list[Move] = []
    while options := nodes[here]["moves"]:
        last = moves[-1]["by"] if moves else _NOBODY
        fitting = [each for each in options if rest and rest.startswith(each["move"])]
        longest = max(fitting, key=lambda each: len(each["move"]), default=None)
        move = longest or next((each for each in options if each["by"] == last), options[0])
        rest = rest.removeprefix(move["move"])
        moves.append(move)
        here = move["to"]
    return moves


def _waits(move: Move) -> bool:
    return any(line["kind"] == "wait" for line in move["lines"])


def _simplest(recording: Recording, wanted: Any) -> list[Move] | None:
    """Return the complete order with the fewest preemptions that has a move that is wanted."""
    nodes, ties = recording["nodes"], count()
    heap: list[tuple[int, int, int, int, bool, list[Move]]] = [(0, 0, 0, _NOBODY, False, [])]
    done: set[tuple[int, int, bool]] = set()
    while heap:
        preempted, _, here, last, met, moves = heapq.heappop(heap)
        if (here, last, met) in done:
            continue
        done.add((here, last, met))
        if not nodes[here]["moves"] and met:
            return moves
        for move in nodes[here]["moves"]:
            total = preempted + _preempts(recording, here, last, move)
            met_now = met or bool(wanted(move))
            entry = (total, next(ties), move["to"], move["by"], met_now, [*moves, move])
            heapq.heappush(heap, entry)
    return None


def _preempts(recording: Recording, here: int, last: int, move: Move) -> bool:
    """Whether a move is another request's, while whoever moved last could have gone on."""
    enabled = {each["by"] for each in recording["nodes"][here]["moves"]}
    return last not in (_NOBODY, move["by"]) and last in enabled


def _preemptions(recording: Recording, moves: list[Move]) -> int:
    here, last, total = 0, _NOBODY, 0
    for move in moves:
        total += _preempts(recording, here, last, move)
        here, last = move["to"], move["by"]
    return total


def _lines(recording: Recording, moves: list[Move]) -> Iterator[Line]:
    texts, nodes = recording["texts"], recording["nodes"]
    open_ = list(recording["states"][nodes[0]["state"]]["open"])
    for move in moves:
        if move["move"].startswith("^"):
            within = [_bracket(bool(each), bool(each)) for each in open_]
            yield Line(move["by"], "step", "is sent", "", "", "", False, (*within,))
        after = recording["states"][nodes[move["to"]]["state"]]["open"]
        for line in move["lines"]:
            if line["kind"] == "answer":
                continue
            by, is_done = line["by"], line["kind"] != "wait"
            brackets = [_bracket(bool(each), bool(each)) for each in open_]
            if is_done:
                brackets[by] = _bracket(bool(open_[by]), bool(after[by]))
                open_[by] = after[by]
            text, reads, writes, note = (
                "" if line[part] is None else str(texts[line[part]])
                for part in ("text", "reads", "writes", "note")
            )
            kind = _KINDS[line["kind"]] if text else "inside"
            words = text or note
            yield Line(
                by, kind, words, reads, writes, note if text else "", line["failed"], (*brackets,)
            )


def _bracket(was: bool, is_: bool) -> Bracket:
    if was:
        return "within" if is_ else "closes"
    return "opens" if is_ else ""
