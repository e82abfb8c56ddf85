"""Every cell of the catalogue, every schedule of it: long."""

from collections.abc import Iterator

import pytest

from attack import targets
from attack.explore import schedule_file
from attack.explore.cells import Cell, plan
from attack.explore.certificate import Certificate
from attack.explore.lane import Lane
from attack.explore.lanes import Lanes, setting
from attack.explore.schedule_file import Saved
from attack.explore.search import brute_force
from shared_db.catalogue import strategies
from shared_db.embedded import EmbeddedServer

pytestmark = pytest.mark.acceptance

CELLS = list(plan(targets.load().stacks, strategies(), requests=2, workers=None))
SECONDS = 600.0
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


@pytest.mark.parametrize("cell", [c for c in CELLS if c.strategy.slug in AGAIN], ids=name)
def test_three_explorations_give_one_hash(
    certificates: dict[Cell, Certificate], lane: Lane, cell: Cell
) -> None:
    hashes = {brute_force(lane.lab(cell)).hash for _ in range(2)}
    assert hashes == {certificates[cell].hash}
