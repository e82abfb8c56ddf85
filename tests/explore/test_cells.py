"""Every cell of the catalogue, every schedule of it, by brute force: some 65,000 schedules."""

from collections.abc import Iterator

import pytest

from attack import targets
from attack.explore.story import schedule_file
from attack.explore.story.schedule_file import Saved
from attack.explore.web.cells import Cell, plan
from attack.explore.web.lane import Job, Lane
from attack.explore.web.lanes import Lanes, setting
from racewalk.search.brute_force import brute_force
from racewalk.search.certificate import Certificate
from shared_db.catalogue import strategies
from shared_db.embedded import EmbeddedServer
from support.oracle import agree

pytestmark = pytest.mark.exhaustive

CELLS = list(plan(targets.load().stacks, strategies(), requests=2, workers=None))
SECONDS = 600.0
FIRST = ("no_lock", "transaction_only", "row_lock", "conditional_update")
CLASSED = [cell for cell in CELLS if cell.workers == 2]
CELLS_OF_THREE = list(
    plan(targets.load().stacks, [s for s in strategies() if s.slug in FIRST], 3, workers=2)
)
AGAIN = ("no_lock", "row_lock", "stale_row_lock", "check_but_overwrite", "process_lock")


def name(cell: Cell) -> str:
    """Return what a test of the cell is called."""
    return f"{cell.stack}-{cell.label}"


@pytest.fixture(scope="module")
def certificates(server: EmbeddedServer) -> dict[Cell, Certificate]:
    """Run every schedule of every cell in two lanes."""
    with Lanes(server, 2) as crew:
        return dict(crew.explore(CELLS, SECONDS, every_schedule=True))


@pytest.fixture(scope="module")
def lane(server: EmbeddedServer) -> Iterator[Lane]:
    """Keep one more lane."""
    lane = Lane(setting(server, 2))
    yield lane
    lane.close()


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_verdict(certificates: dict[Cell, Certificate], cell: Cell) -> None:
    certificate = certificates[cell]
    assert not certificate.diverged
    assert certificate.exhausted, str(certificate)
    assert certificate.verdict == cell.expected
    assert certificate.by_preemptions[0] == (2, 0)


@pytest.mark.parametrize("cell", [c for c in CELLS if c.expected == "unsafe"], ids=name)
def test_the_smallest_counterexample_replays(
    certificates: dict[Cell, Certificate], lane: Lane, cell: Cell
) -> None:
    smallest = certificates[cell].smallest
    assert smallest
    saved = Saved(cell, smallest[0].schedule, schedule_file.describe(*smallest))
    lab = lane.lab(cell)
    for _ in range(20):
        saved.compare(*lab.run(saved.schedule))


@pytest.mark.parametrize("cell", [c for c in CELLS if c.workers == 2], ids=name)
def test_one_schedule_of_each_class_tells_the_same(
    certificates: dict[Cell, Certificate], lane: Lane, cell: Cell
) -> None:
    every, found = certificates[cell], lane.explore(Job(cell, SECONDS), lambda _runs: None)
    assert found.exhausted, str(found)
    assert found.verdict == every.verdict
    assert found.outcomes == every.outcomes
    assert found.by_preemptions == every.by_preemptions
    assert found.reduction
    assert found.reduction.runs == found.reduction.classes <= every.schedules
    assert not found.reduction.unreadable
    if every.smallest:
        assert found.smallest
        assert found.smallest[0].preemptions == every.smallest[0].preemptions


@pytest.mark.parametrize("cell", CLASSED, ids=name)
def test_every_schedule_is_of_a_class_that_was_run(lane: Lane, cell: Cell) -> None:
    agree(lane.lab(cell), 2, lane.reader)


@pytest.mark.parametrize("cell", CELLS_OF_THREE, ids=name)
def test_three_requests(lane: Lane, cell: Cell) -> None:
    found = lane.explore(Job(cell, SECONDS), lambda _runs: None)
    assert (found.verdict, found.exhausted) == (cell.expected, True)


def test_three_requests_agree_with_brute_force(lane: Lane) -> None:
    (cell,) = (each for each in CELLS_OF_THREE if name(each) == "django-no_lock")
    certificate = agree(lane.lab(cell), 3, lane.reader)
    assert certificate.schedules == 990
    assert certificate.reduction
    assert certificate.reduction.classes == 27


@pytest.mark.parametrize("cell", [c for c in CELLS if c.strategy.slug in AGAIN], ids=name)
def test_three_explorations_give_one_hash(
    certificates: dict[Cell, Certificate], lane: Lane, cell: Cell
) -> None:
    hashes = {brute_force(lane.lab(cell)).hash for _ in range(2)}
    assert hashes == {certificates[cell].hash}
