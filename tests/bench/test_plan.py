"""What is measured, in which order, and how much time each measurement gets."""

import pytest

from attack.bench.plan import CLIENTS, HOT, MANY, Plan, measured_cases
from attack.stacks.where import Kind
from shared_db.catalogue import Case, Strategy, strategies
from shared_db.errors import LabError

BOTH = ("flask", "django")
DEFENCES = tuple(each for each in strategies() if each.kind == "defence")


def test_every_defence_is_measured_on_both_stacks_at_every_load() -> None:
    plan = Plan(BOTH, DEFENCES)
    cells = list(plan.cells(workers=2))
    told = {(c.strategy.slug, c.stack, c.accounts, c.clients) for c in cells}
    assert told == {
        (each.slug, stack, accounts, clients)
        for each in DEFENCES
        for case in measured_cases(each)
        for stack in case.stacks
        for accounts in (HOT, MANY)
        for clients in CLIENTS
    }
    assert plan.measurements() == plan.rounds * (2 * len(cells) + len(BOTH) * len(CLIENTS))


def test_both_stacks_of_a_cell_follow_each_other() -> None:
    cells = list(Plan(BOTH, DEFENCES[:1]).cells(workers=2))
    assert [cell.stack for cell in cells[:2]] == list(BOTH)
    assert len({(cell.accounts, cell.clients) for cell in cells[:2]}) == 1


def test_cases_that_differ_in_their_requests_alone_are_measured_once() -> None:
    by_slug = {each.slug: measured_cases(each) for each in strategies()}
    assert len(by_slug["idempotency_key"]) == 1
    assert by_slug["idempotency_key"][0].intents == "each"
    assert [case.name for case in by_slug["process_lock"]] == ["1 worker", "2 workers", "atomic"]


def test_a_case_is_measured_on_the_instance_that_it_asks_for() -> None:
    process_lock = next(each for each in strategies() if each.slug == "process_lock")
    plan = Plan(BOTH, (process_lock,))
    assert plan.kinds() == {
        *(Kind(stack, workers) for stack in BOTH for workers in (1, 2)),
        Kind("django", 1, atomic_requests=True),
    }
    assert {cell.kind for cell in plan.cells(workers=4)} == plan.kinds()


def test_a_stack_without_the_case_has_no_cell() -> None:
    case = Case(expected=(("django", "held"),))
    strategy = Strategy(99, "its_own", "", "defence", "", (case,))
    plan = Plan(BOTH, (strategy,))
    assert {cell.stack for cell in plan.cells(workers=2)} == {"django"}
    assert list(plan.strategies_on("flask")) == []


def test_the_whole_matrix_fits_into_a_quarter_of_an_hour() -> None:
    plan = Plan(BOTH, DEFENCES)
    assert plan.seconds_within(13) * plan.measurements() < 13 * 60


def test_too_little_time_is_told_with_what_is_needed() -> None:
    with pytest.raises(LabError, match=r"give it --minutes \d+, fewer --strategy"):
        Plan(BOTH, DEFENCES).seconds_within(1)
