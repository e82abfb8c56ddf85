"""Whether two runs with the same choices looked the same: what is not so is no result."""

from __future__ import annotations

from dataclasses import replace

from racewalk.errors import DivergenceError
from racewalk.schedule.record import Run


def compare(expected: Run, actual: Run, depth: int) -> None:
    """Check that two runs with the same first `depth` - 1 choices looked the same up to there.

    Raises:
        DivergenceError: names the first difference.
    """
    for index in range(depth):
        before, after = expected.choices[index], actual.choices[index]
        # The last of them is where the two part.
        if replace(before, chosen=after.chosen, wakes=after.wakes) != after:
            raise DivergenceError(f"choice {index}: expected {before}, got {after}")
    old = [expected.masks.exact(step) for step in expected.steps if step.completed < depth - 1]
    new = [actual.masks.exact(step) for step in actual.steps if step.completed < depth - 1]
    if old != new:
        pairs = zip([*old, None], [*new, None], strict=False)
        first = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
        raise DivergenceError(f"expected step {first[0]}, got {first[1]}")
