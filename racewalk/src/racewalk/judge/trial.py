"""What is asked of the requests one by one and one after the other, before they race."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations

from racewalk.errors import ScenarioError
from racewalk.judge.alone import Alone, Heard, Trying, Vacuous, alone, in_turn, untouched
from racewalk.judge.serial import MOST, SERIAL, Order, Serial, orders
from racewalk.schedule.outcome import Judge, Outcome
from racewalk.schedule.record import Answer, Run
from racewalk.search.certificate import Certificate
from racewalk.words import name


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        found: what is known of the race already, so that it need not be explored; or None.
        judges: those of the race, with `serial` where that is asked.
    """

    found: Certificate | None = None
    judges: dict[str, Judge] = field(default_factory=dict)


def tried(
    runner: Trying, asked: Alone, *, serial: bool, heard: Heard = lambda _request: ""
) -> Trial:
    """Try the requests of a race one by one, and one after the other.

    Args:
        runner: runs them; its judges are those of the race.
        asked: what is wrong with an answer to a request alone.
        serial: whether each end has to be that of some order.
        heard: what is known of an answer that is wrong.

    Raises:
        ScenarioError: an invariant is false at the start; or too many requests for `serial`.
        DivergenceError: a request did not do the same twice.
        RacewalkError: see `LiveRunner.run`.
    """
    requests, judges = runner.target.requests, dict(runner.judges)
    if serial and requests > MOST:
        raise ScenarioError(
            f"serial runs all orders of up to {MOST} requests, and {requests} race: "
            "write invariants, and serial = false"
        )
    in_order, runner.in_order = runner.in_order, False
    try:
        ends = alone(runner, asked, untouched(runner), heard)
        if isinstance(ends, Vacuous):
            return Trial(Certificate(requests, vacuous=ends.reason))
        found = []
        for order in _asked(requests, serial=serial):
            run, outcome = in_turn(runner, order)
            if outcome.violations:
                return Trial(_broken(requests, order, run, outcome))
            found.append(Order(order, outcome.facts.rows, outcome.answers))
    finally:
        runner.in_order = in_order
    if serial:
        judges[SERIAL] = Serial(tuple(found))
    return Trial(judges=judges)


def _asked(requests: int, *, serial: bool) -> Iterator[tuple[int, ...]]:
    if serial:
        yield from orders(requests)
        return
    yield from ((request,) for request in range(requests))
    if requests <= MOST:
        yield from permutations(range(requests))


def _broken(requests: int, order: Sequence[int], run: Run, outcome: Outcome) -> Certificate:
    """What is wrong one after the other is no matter of a race, and is told as such."""
    who = f"{name(order[0])} alone" if len(order) == 1 else " before ".join(map(name, order))
    why = f"{', '.join(outcome.violations)}: broken by {who} already, without any race"
    return Certificate(
        requests,
        outcomes={outcome: 1},
        by_preemptions={0: (1, 1)},
        examples={outcome: run},
        inconclusive=why,
    )


def concluded(certificate: Certificate, trial: Trial) -> Certificate:
    """Return a certificate that says what the trial knows of it.

    It is vacuous where the exploration shows that nothing raced; and where an end is not serial, it
    says how it differs from those that are.
    """
    classes = certificate.reduction.classes if certificate.reduction else 0
    if certificate.exhausted and not certificate.unsafe and classes == 1:
        why = "no two statements of different requests depend on one another"
        return replace(certificate, vacuous=why)
    serial = trial.judges.get(SERIAL)
    if certificate.smallest and isinstance(serial, Serial):
        _, outcome = certificate.smallest
        if SERIAL in outcome.violations:
            answers = [Answer(kind) for kind in outcome.answers]
            return replace(certificate, differs=serial.difference(outcome.facts, answers))
    return certificate
