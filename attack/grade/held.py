"""What the explorer saw hold a repair: where a request waited, and what PostgreSQL refused.

Only orders of two requests that were run are counted. What none of them shows is not said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from re import sub
from typing import Final

from psycopg import errors

from attack.counting import counted
from attack.grade.trial import PAID
from racewalk import Run
from racewalk.story import in_brief

_WAITED_FOR: Final = (
    ("transaction", "until the transaction of the other one had ended"),
    ("tuple", "until the transaction of the other one had ended"),
    ("advisory", "until the other one had released its advisory lock"),
    ("relation", "until the other one had released its lock on the table"),
)
"""By a word in the name of the lock, when the wait ends."""
_LONGEST: Final = 70


@dataclass
class Held:
    """Counts, over the orders that were run, what held the repair."""

    orders: int = 0
    waits: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def saw(self, run: Run) -> None:
        """Count one order."""
        self.orders += 1
        waits, refusals = set[tuple[str, str]](), set[tuple[str, bool]]()
        for step in run.steps:
            if step.waited_for and not step.error:  # else the error ended the wait
                text = sub(r"\d+", "N", in_brief(step, "", run.masks).sql)
                waits.add((_shortened(text), _until(step.waited_for)))
            if step.error:
                refusals.add((step.error, run.answers[step.request].kind == PAID))
        self.waits.update(waits)
        self.errors.update(refusals)

    def sentences(self) -> list[str]:
        """Return what held it, the most frequent first, at most two waits and two errors."""
        orders = counted(self.orders, "order")
        found = [
            f"In {count} of {orders} that were run, a request waited at {statement} {until}."
            for (statement, until), count in self.waits.most_common(2)
        ]
        found += [
            f"In {count} of {orders}, PostgreSQL refused a statement with {sqlstate} "
            f"({condition(sqlstate)}), and that request was "
            f"{'paid in the end' if paid else 'not paid'}."
            for (sqlstate, paid), count in self.errors.most_common(2)
        ]
        none = "No request waited for the other, and PostgreSQL refused no statement."
        return found or ([none] if self.orders else [])


def condition(sqlstate: str) -> str:
    """Return the name of a condition, such as 'unique_violation' of 23505; '' if it has none.

    The names are those of 'PostgreSQL Error Codes', appendix A of its manual.
    """
    try:
        found = errors.lookup(sqlstate).__name__
    except KeyError:
        return ""
    return sub(r"(?<=[a-z])(?=[A-Z])", "_", found).lower().rstrip("_")


def _until(lock: str) -> str:
    return next((words for kind, words in _WAITED_FOR if kind in lock), f"for a lock ({lock})")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} ... {text[-half:]}"
