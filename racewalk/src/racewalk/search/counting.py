"""How many schedules a complete unfolding stands for, without running them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from racewalk.search.unfolding import Configuration, Unfolding

Position = tuple[Configuration, int]
"""A configuration, and the request that made the last step towards it (-1: nobody)."""


def weights(unfolding: Unfolding) -> dict[Configuration, Counter[int]]:
    """Return how many schedules are in each class, by number of preemptions.

    A class is named by its final configuration. Every path from the start to a configuration
    without a successor is one schedule; they are counted step by step, from all positions with
    the same number of events at once.
    """
    paths: Mapping[Position, Counter[int]] = {(unfolding.start, -1): Counter({0: 1})}
    ends: dict[Configuration, Counter[int]] = {}
    while paths:
        longer: defaultdict[Position, Counter[int]] = defaultdict(Counter)
        for (here, last), counts in paths.items():
            node = unfolding.node(here)
            if not node.enabled:
                ends.setdefault(here, Counter()).update(counts)
            for move, there in node.after.items():
                request = move[0].request
                preempts = last != request and last in node.enabled
                target = longer[there, request]
                for preemptions, count in counts.items():
                    target[preemptions + preempts] += count
        paths = longer
    return ends
