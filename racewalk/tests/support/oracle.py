"""Brute force for anything that runs schedules, written apart from the searches that it judges."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from racewalk.commute.effects import Reader
from racewalk.commute.trace import Name, trace
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.schedule.runner import LiveRunner
from racewalk.schedule.schedule import Schedule
from racewalk.search.brute_force import BruteForce
from racewalk.search.budget import UNLIMITED, Budget
from racewalk.search.certificate import Certificate
from racewalk.search.explore import Seen, explore
from racewalk.search.one_per_class import OnePerClass
from racewalk.search.strategy import Runner


def every_schedule(
    runner: Runner, wanted: Callable[[Run], bool] = lambda _run: True
) -> Iterator[tuple[Run, Outcome]]:
    """Yield every schedule once; but none that departs from an unwanted one."""
    open_ones = [Schedule()]
    while open_ones:
        asked = open_ones.pop()
        run, outcome = runner.run(asked)
        if not wanted(run):
            continue  # going on without a preemption, it has as few as any with this beginning
        yield run, outcome
        taken = run.schedule.items
        for depth in range(len(asked), len(taken)):
            others = (option for option in run.options[depth] if option != taken[depth])
            open_ones += [Schedule((*taken[:depth], other)) for other in others]


def one_per_class(
    runner: Runner,
    requests: int,
    reader: Reader | None,
    budget: Budget = UNLIMITED,
    seen: Seen = lambda _run, _outcome: None,
) -> Certificate:
    """Run one schedule of each class."""
    return explore(runner, requests, OnePerClass(requests, reader), budget, seen)


def brute_force(
    runner: LiveRunner,
    budget: Budget = UNLIMITED,
    seen: Seen = lambda _run, _outcome: None,
) -> Certificate:
    """Run every schedule."""
    return explore(runner, runner.target.requests, BruteForce(), budget, seen)


def agree(lab: Runner, requests: int, make_reader: Callable[[], Reader]) -> Certificate:
    """Check the reduced search against brute force; return its certificate."""
    return compare(list(every_schedule(lab)), lab, requests, make_reader)


def compare(
    runs: Sequence[tuple[Run, Outcome]],
    lab: Runner,
    requests: int,
    make_reader: Callable[[], Reader],
) -> Certificate:
    """Check the reduced search against all schedules there are; return its certificate."""
    reader = make_reader()
    for run, _ in runs:  # what one shows can split the classes of another
        trace(run, reader)
    classes: dict[Name, set[Outcome]] = defaultdict(set)
    outcomes: Counter[Outcome] = Counter()
    by_preemptions: dict[int, tuple[int, int]] = {}
    for run, outcome in runs:
        classes[trace(run, reader).name].add(outcome)
        outcomes[outcome] += 1
        count, unsafe = by_preemptions.get(run.preemptions, (0, 0))
        by_preemptions[run.preemptions] = (count + 1, unsafe + outcome.unsafe)
    ran: list[Run] = []

    def seen(run: Run, _outcome: Outcome) -> None:
        ran.append(run)

    certificate = one_per_class(lab, requests, make_reader(), seen=seen)
    assert certificate.exhausted, certificate.inconclusive
    assert certificate.reduction
    assert set(certificate.outcomes) == set(outcomes), "no outcome is missed"
    assert certificate.outcomes == outcomes
    assert certificate.by_preemptions == by_preemptions
    names = [trace(run, reader).name for run in ran]
    assert set(names) == set(classes), "every schedule is of a class that was run"
    assert len(names) == len(classes) == certificate.reduction.classes, "no class is run twice"
    assert all(len(found) == 1 for found in classes.values()), "one class, one outcome"
    return certificate
