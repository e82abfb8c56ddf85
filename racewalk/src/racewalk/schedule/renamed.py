"""A run with its requests under other names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from racewalk.schedule.record import Choice, Run, Waking
from racewalk.schedule.schedule import Schedule


def renamed(run: Run, to: Sequence[int]) -> Run:
    """Return what a run would have been with its requests in each other's places.

    Args:
        run: what was seen.
        to: for each request the number that it gets; a permutation.
    """
    answers = list(run.answers)
    for request, answer in enumerate(run.answers):
        answers[to[request]] = answer
    return Run(
        tuple(_choice(choice, to) for choice in run.choices),
        tuple(replace(step, request=to[step.request]) for step in run.steps),
        tuple(answers),
        tuple(replace(closing, request=to[closing.request]) for closing in run.closings),
        run.masks,
    )


def schedule_renamed(schedule: Schedule, to: Sequence[int]) -> Schedule:
    """Return a schedule with its requests in each other's places; see `renamed`."""
    return Schedule(tuple(type(item)(to[item.request]) for item in schedule))


def _choice(choice: Choice, to: Sequence[int]) -> Choice:
    able = sorted(
        (to[request], said) for request, said in zip(choice.enabled, choice.pending, strict=True)
    )
    return Choice(
        tuple(request for request, _ in able),
        to[choice.chosen],
        tuple(said for _, said in able),
        _named(choice.waiting, to),
        tuple(sorted(_named(choice.inside, to))),
        tuple(sorted(_named(choice.unbegun, to))),
        tuple(Waking(_named(each.options, to), to[each.chosen]) for each in choice.wakes),
    )


def _named(requests: Sequence[int], to: Sequence[int]) -> tuple[int, ...]:
    return tuple(to[request] for request in requests)
