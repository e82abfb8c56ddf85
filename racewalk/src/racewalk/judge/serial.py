"""Serial: each end of a race is one that the requests give one after the other, in some order.

Some of them may do: a request that was refused may as well not have come. So the invariant that
nobody has to write is this: there are requests, in an order, that leave the same rows and are told
the same, and whoever is not among them was refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from racewalk.schedule.outcome import Facts
from racewalk.schedule.record import Answer
from racewalk.words import name

SERIAL: Final = "serial"
"""Name of the invariant."""
MOST: Final = 4
"""Requests of which all orders of all subsets are run: 64."""
_REFUSED: Final = 400
"""The least status of an answer that refuses."""


@dataclass(frozen=True, slots=True)
class Order:
    """What some requests give one after the other.

    Attributes:
        requests: which, in order.
        rows: what they have written; see `Facts.rows`.
        answers: of all requests; whoever is not among them is 'absent'.
    """

    requests: tuple[int, ...]
    rows: str
    answers: tuple[str, ...]

    def allows(self, facts: Facts, answers: Sequence[Answer]) -> bool:
        """Return whether an end is like this one."""
        return self.rows == facts.rows and self.says(answers)

    def says(self, answers: Sequence[Answer]) -> bool:
        """Return whether who takes part was told the same, and all others were refused."""
        return all(
            answer.kind == self.answers[request] if request in self.requests else is_refused(answer)
            for request, answer in enumerate(answers)
        )

    def __str__(self) -> str:
        return " before ".join(map(name, self.requests))


@dataclass(frozen=True, slots=True)
class Serial:
    """A judge: is this end one of those?"""

    orders: tuple[Order, ...]

    def __call__(self, facts: Facts, answers: Sequence[Answer]) -> bool:
        """Return whether some order gives this end."""
        return any(order.allows(facts, answers) for order in self.orders)

    def difference(self, facts: Facts, answers: Sequence[Answer]) -> str:
        """Return in words how an end differs from the most alike that an order gives.

        Args:
            facts, answers: of an end that is not serial.
        """
        nearest = min(self.orders, key=lambda order: _distance(order, facts, answers))
        here, there = facts.rows.splitlines(), nearest.rows.splitlines()
        only_here = [line.strip() for line in _without(here, there)]
        only_there = [line.strip() for line in _without(there, here)]
        words = []
        if only_here:
            words.append(f"here {'; '.join(only_here)}")
        if only_there:
            words.append(f"with {nearest} {'; '.join(only_there)}")
        if not words:
            told = ", ".join(f"{name(n)} {answer.kind}" for n, answer in enumerate(answers))
            words.append(f"no order leaves these rows and answers {told}")
        return "; ".join(words)


def orders(requests: int) -> Iterator[tuple[int, ...]]:
    """Yield all orders of all requests, then of fewer and fewer of them."""
    for count in range(requests, 0, -1):
        yield from permutations(range(requests), count)


def is_refused(answer: Answer) -> bool:
    """Return whether an answer says that nothing was done: a status from 400 on, or a failure."""
    return answer.kind == "failed" or (answer.kind.isdigit() and int(answer.kind) >= _REFUSED)


def _distance(order: Order, facts: Facts, answers: Sequence[Answer]) -> tuple[int, bool]:
    here, there = facts.rows.splitlines(), order.rows.splitlines()
    differ = len(_without(here, there)) + len(_without(there, here))
    return differ, not order.says(answers)


def _without(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """The lines that are not among the others, each of which takes away one."""
    left = list(others)
    found = []
    for line in lines:
        if line in left:
            left.remove(line)
        else:
            found.append(line)
    return found
