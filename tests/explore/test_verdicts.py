"""Every cell of the catalogue by classes: its verdict, and that its counterexample replays."""

import pytest

from attack import targets
from attack.explore.story import schedule_file
from attack.explore.story.schedule_file import Saved
from attack.explore.web.cells import Cell, plan
from attack.explore.web.lane import Lane
from attack.explore.web.lanes import Lanes, setting
from racewalk.search.certificate import Certificate
from shared_db.catalogue import strategies
from shared_db.embedded import EmbeddedServer

pytestmark = pytest.mark.acceptance

CELLS = list(plan(targets.load().stacks, strategies(), requests=2, workers=None))
BUDGET_S = 300.0


@pytest.fixture(scope="module")
def certificates(server: EmbeddedServer) -> dict[Cell, Certificate]:
    """Run one schedule of each class of every cell in two lanes."""
    with Lanes(server, 2) as crew:
        return dict(crew.explore(CELLS, BUDGET_S, every_schedule=False))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.stack}-{cell.label}")
def test_verdict(certificates: dict[Cell, Certificate], cell: Cell) -> None:
    certificate = certificates[cell]
    assert not certificate.diverged
    assert certificate.exhausted, str(certificate)
    assert certificate.verdict == cell.expected


def test_every_counterexample_replays_twenty_times(
    certificates: dict[Cell, Certificate], server: EmbeddedServer
) -> None:
    unsafe = [cell for cell in CELLS if cell.expected == "unsafe"]
    assert len(unsafe) >= 16
    lane = Lane(setting(server, 2))
    try:
        for cell in unsafe:
            smallest = certificates[cell].smallest
            assert smallest
            saved = Saved(cell, smallest[0].schedule, schedule_file.describe(*smallest))
            lab = lane.lab(cell)
            for _ in range(20):
                saved.compare(*lab.run(saved.schedule))
    finally:
        lane.close()
