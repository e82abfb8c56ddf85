"""The paths of a recording, counted: what its certificate must come to."""

from collections import Counter
from typing import Any


def counted(found: dict[str, Any]) -> tuple[dict[str, list[int]], Counter[int]]:
    """Count the complete paths of a recording: by preemptions with the unsafe ones, and by end."""
    nodes, outcomes = found["nodes"], found["outcomes"]
    by_preemptions: dict[str, list[int]] = {}
    ends = Counter[int]()
    paths = {(0, -1): Counter({0: 1})}
    while paths:
        longer: dict[tuple[int, int], Counter[int]] = {}
        for (here, last), counts in paths.items():
            moves = nodes[here]["moves"]
            if not moves:
                end = nodes[here]["end"]
                ends[end] += counts.total()
                for number, count in counts.items():
                    pair = by_preemptions.setdefault(str(number), [0, 0])
                    pair[0] += count
                    pair[1] += count * outcomes[end]["unsafe"]
            for move in moves:
                left = last != move["by"] and any(each["by"] == last for each in moves)
                target = longer.setdefault((move["to"], move["by"]), Counter())
                for number, count in counts.items():
                    target[number + left] += count
        paths = longer
    return by_preemptions, ends
