"""Brute force for anything that runs schedules, written apart from the searches that it judges."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from racewalk.commute.effects import Reader
from racewalk.commute.trace import Name, trace
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.certificate import Certificate
from racewalk.search.reduced import Runner, reduced


def every_schedule(lab: Runner) -> Iterator[tuple[Run, Outcome]]:
    """Yield every schedule once."""
    open_prefixes: list[tuple[int, ...]] = [()]
    while open_prefixes:
        prefix = open_prefixes.pop()
        run, outcome = lab.run(prefix)
        yield run, outcome
        for depth in range(len(prefix), len(run.choices)):
            choice = run.choices[depth]
            others = (r for r in choice.enabled if r != choice.chosen)
            open_prefixes += [(*run.schedule[:depth], other) for other in others]


def agree(lab: Runner, requests: int, make_reader: Callable[[], Reader]) -> Certificate:
    """Check the reduced search against brute force; return its certificate."""
    classes: dict[Name, set[Outcome]] = defaultdict(set)
    outcomes: Counter[Outcome] = Counter()
    by_preemptions: dict[int, tuple[int, int]] = {}
    reader = make_reader()
    for run, outcome in every_schedule(lab):
        classes[trace(run, reader).name].add(outcome)
        outcomes[outcome] += 1
        count, unsafe = by_preemptions.get(run.preemptions, (0, 0))
        by_preemptions[run.preemptions] = (count + 1, unsafe + outcome.unsafe)
    ran: list[Name] = []

    def seen(run: Run, _outcome: Outcome) -> None:
        ran.append(trace(run, reader).name)

    certificate = reduced(lab, requests, make_reader(), seen=seen)
    assert certificate.exhausted, certificate.inconclusive
    assert certificate.reduction
    assert set(ran) == set(classes), "every schedule is of a class that was run"
    assert len(ran) == len(classes) == certificate.reduction.classes, "no class is run twice"
    assert all(len(found) == 1 for found in classes.values()), "one class, one outcome"
    assert certificate.outcomes == outcomes
    assert certificate.by_preemptions == by_preemptions
    return certificate
