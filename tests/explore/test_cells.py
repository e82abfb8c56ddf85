"""Every cell of the catalogue, every schedule of it, by brute force: some 75,000 schedules.

And 465,000 of three requests of the first strategies in Django. The application is remembered where
all schedules of a cell are walked, and is not where a hash is compared with theirs.
"""

from collections.abc import Container, Iterator

import pytest

from attack import targets
from attack.explore.cells import AMOUNT, Cell, plan
from attack.explore.exploration import Exploration
from attack.explore.lanes import Lanes, setting
from racewalk.story import Saved, describe
from shared_db.catalogue import strategies
from shared_db.embedded import EmbeddedServer
from support.oracle import agree, brute_force
from tests.explore.lane import Lane

pytestmark = pytest.mark.exhaustive

STACKS = targets.load().stacks
SECONDS = 600.0
HOURS = 3 * 3600.0
FIRST = ("no_lock", "transaction_only", "row_lock", "conditional_update")
FEW = ("no_lock", "row_lock", "version_check", "check_constraint", "unguarded_decrement")
"""Strategies with few schedules: for the others brute force in every setting takes hours."""
AGAIN = ("no_lock", "row_lock", "stale_row_lock", "check_but_overwrite", "process_lock")


def cells_of(slugs: Container[str], requests: int = 2, start: int | None = None) -> list[Cell]:
    """Return the cells of some strategies, in every setting where no start is given."""
    chosen = [each for each in strategies() if each.slug in slugs]
    return list(plan(STACKS, chosen, requests, None, start))


WITH_MONEY_FOR_ONE = cells_of([each.slug for each in strategies()], start=AMOUNT)
CELLS = [*WITH_MONEY_FOR_ONE, *(cell for cell in cells_of(FEW) if cell.setting != "one")]
CLASSED = [cell for cell in CELLS if cell.workers == 2]
LARGE = {
    *(("flask", slug) for slug in ("repeatable_read", "serializable", "early_unlock")),
    *(("flask", slug) for slug in ("locked_snapshot", "serializable_ledger", "snapshot_ledger")),
    *(("django", slug) for slug in ("idempotency_key", "serializable_ledger", "snapshot_ledger")),
}
"""Thousands of schedules: brute force walks them once, and does not keep them all."""
LOOKED_UP = [cell for cell in CLASSED if (cell.stack, cell.strategy.slug) not in LARGE]
CELLS_OF_THREE = cells_of(FIRST, requests=3)
WALKED_OF_THREE = [
    cell for cell in CELLS_OF_THREE if (cell.stack, cell.setting) == ("django", "one")
]
"""In Flask three requests have up to 3.3 million schedules."""


def name(cell: Cell) -> str:
    """Return what a test of the cell is called."""
    return cell.title.replace(" ", "-")


@pytest.fixture(scope="module")
def explored(server: EmbeddedServer) -> dict[Cell, Exploration]:
    """Run every schedule of every cell in two lanes."""
    with Lanes(server, 2) as crew:
        found = crew.explore(CELLS, SECONDS, every_schedule=True, memory=True)
        return {each.cell: each for each in found}


@pytest.fixture(scope="module")
def explored_of_three(server: EmbeddedServer) -> dict[Cell, Exploration]:
    """Run every schedule of three requests in two lanes."""
    with Lanes(server, 2) as crew:
        found = crew.explore(WALKED_OF_THREE, HOURS, every_schedule=True, memory=True)
        return {each.cell: each for each in found}


@pytest.fixture(scope="module")
def lane(server: EmbeddedServer) -> Iterator[Lane]:
    """Keep one more lane."""
    lane = Lane(setting(server, 2))
    yield lane
    lane.close()


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_verdict(explored: dict[Cell, Exploration], cell: Cell) -> None:
    certificate = explored[cell].certificate
    assert not certificate.diverged
    assert certificate.exhausted, str(certificate)
    assert explored[cell].verdict == cell.expected
    # Sent to one process, requests that are alike begin in one order.
    orders = 1 if cell.workers == 1 and cell.alike else 2
    assert certificate.by_preemptions[0] == (orders, 0)


@pytest.mark.parametrize("cell", [c for c in CELLS if c.expected == "unsafe"], ids=name)
def test_the_smallest_counterexample_replays(
    explored: dict[Cell, Exploration], lane: Lane, cell: Cell
) -> None:
    smallest = explored[cell].example
    assert smallest
    saved = Saved({}, smallest[0].schedule, describe(*smallest))
    lab = lane.runner(cell)
    for _ in range(20):
        saved.compare(*lab.run(saved.schedule))


@pytest.mark.parametrize("cell", CLASSED, ids=name)
def test_one_schedule_of_each_class_tells_the_same(
    explored: dict[Cell, Exploration], lane: Lane, cell: Cell
) -> None:
    every, found = explored[cell], lane.explore(cell, SECONDS)
    assert found.certificate.exhausted, found.why
    assert found.verdict == every.verdict
    assert found.certificate.outcomes == every.certificate.outcomes
    assert found.certificate.by_preemptions == every.certificate.by_preemptions
    reduction = found.certificate.reduction
    assert reduction
    assert reduction.runs == reduction.classes <= every.certificate.schedules
    assert not reduction.unreadable
    if every.example:
        assert found.example
        assert found.example[0].preemptions == every.example[0].preemptions


@pytest.mark.parametrize("cell", LOOKED_UP, ids=name)
def test_every_schedule_is_of_a_class_that_was_run(lane: Lane, cell: Cell) -> None:
    agree(lane.runner(cell, memory=True), 2, lambda: lane.reader(cell))


@pytest.mark.parametrize("cell", CELLS_OF_THREE, ids=name)
def test_three_requests(lane: Lane, cell: Cell) -> None:
    found = lane.explore(cell, SECONDS)
    assert (found.verdict, found.certificate.exhausted) == (cell.expected, True)


def test_three_requests_agree_with_brute_force(lane: Lane) -> None:
    (cell,) = (each for each in CELLS_OF_THREE if name(each) == "no_lock-on-django,-start-10")
    certificate = agree(lane.runner(cell), 3, lambda: lane.reader(cell))
    assert certificate.schedules == 990
    assert certificate.reduction
    assert certificate.reduction.classes == 75


@pytest.mark.parametrize("cell", WALKED_OF_THREE, ids=name)
def test_every_schedule_of_three_requests_was_counted(
    explored_of_three: dict[Cell, Exploration], lane: Lane, cell: Cell
) -> None:
    every, found = explored_of_three[cell].certificate, lane.explore(cell, SECONDS).certificate
    assert every.exhausted, every.inconclusive
    assert every.remembered > every.schedules * 9 // 10
    assert found.outcomes == every.outcomes
    assert found.by_preemptions == every.by_preemptions


@pytest.mark.parametrize("cell", [c for c in CELLS if c.strategy.slug in AGAIN], ids=name)
def test_three_explorations_give_one_hash(
    explored: dict[Cell, Exploration], lane: Lane, cell: Cell
) -> None:
    hashes = {brute_force(lane.runner(cell)).hash for _ in range(2)}
    assert hashes == {explored[cell].certificate.hash}
