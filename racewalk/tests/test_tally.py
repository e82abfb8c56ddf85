"""What a search keeps of the schedules that it has run."""

import gc
import tracemalloc
from dataclasses import replace
from hashlib import sha256

from racewalk.schedule.record import Choice, Run
from racewalk.search.tally import Tally
from racewalk.words import name
from support.stories import race, step

MANY = 1_000
LONG = f"SELECT {', '.join(['money'] * 40)} FROM account"  # noqa: S608 - nobody runs it


def long_run(number: int) -> Run:
    """Return one of many schedules of the same twenty steps."""
    chosen = [number >> bit & 1 for bit in range(20)]
    choices = tuple(Choice((0, 1), request, ("", ""), ()) for request in chosen)
    steps = tuple(step(LONG, request=request, at=(i, i)) for i, request in enumerate(chosen))
    return replace(race()[0], choices=choices, steps=steps)


def test_a_schedule_of_many_takes_little_memory() -> None:
    tally, (_, outcome) = Tally(2), race()
    tracemalloc.start()
    for number in range(MANY):
        tally.add(long_run(number), outcome)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tally.runs == MANY
    assert used / MANY < 600, "bytes a schedule"


def test_the_hash_is_of_the_sorted_schedules() -> None:
    tally, (_, outcome) = Tally(2), race()
    for number in (2, 1):
        tally.add(long_run(number), outcome)
    end = (
        '[[["balance",0],["paid_out",20],["payouts",2]],'
        '["paid","paid"],["start == balance + paid_out"],[]]'
    )
    lines = []
    for number in (1, 2):
        chosen = [number >> bit & 1 for bit in range(20)]
        steps = ",".join(f'[{request},["{LONG}"]]' for request in chosen)
        lines.append(f'["{"".join(map(name, chosen))}",[{steps}],{end}]\n')
    told = "".join(sorted(lines))
    assert tally.certificate().hash == sha256(told.encode()).hexdigest()
