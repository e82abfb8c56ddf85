"""Every cell of the catalogue by classes: its verdict, and that its counterexample replays."""

import pytest

from attack import targets
from attack.explore import disease
from attack.explore.cells import Cell, plan
from attack.explore.exploration import Exploration
from attack.explore.lanes import Lanes, setting
from racewalk.story import Saved, describe
from shared_db.catalogue import strategies
from shared_db.embedded import EmbeddedServer
from tests.explore.lane import Lane

pytestmark = pytest.mark.acceptance

CELLS = list(plan(targets.load().stacks, strategies(), requests=2, workers=None))
BUDGET_S = 300.0
DISEASES = {
    disease.LOST_UPDATE: [
        *("no_lock", "transaction_only", "stale_row_lock", "process_lock (2 workers)"),
        *(
            "check_but_overwrite",
            "early_unlock",
            "retry_stale_object on django",
            "other_page on django",
        ),
    ],
    disease.MISSING_GUARD: ["unguarded_decrement", "subquery_condition"],
    disease.WRITE_SKEW: ["snapshot_ledger", "locked_snapshot", "one_statement_ledger"],
    "aborts others": ["serializable_ledger"],
    "starves": ["skip_locked"],
}


def name(cell: Cell) -> str:
    """Return what a test of the cell is called."""
    return cell.title.replace(" ", "-")


@pytest.fixture(scope="module")
def explored(server: EmbeddedServer) -> dict[Cell, Exploration]:
    """Run one schedule of each class of every cell in two lanes."""
    with Lanes(server, 2) as crew:
        return {each.cell: each for each in crew.explore(CELLS, BUDGET_S, every_schedule=False)}


@pytest.mark.parametrize("cell", CELLS, ids=name)
def test_verdict(explored: dict[Cell, Exploration], cell: Cell) -> None:
    found = explored[cell]
    assert not found.certificate.diverged
    assert found.certificate.exhausted, found.why
    assert found.verdict == cell.expected


@pytest.mark.parametrize("cell", [c for c in CELLS if c.setting == "one"], ids=name)
def test_what_the_settings_of_a_row_tell(explored: dict[Cell, Exploration], cell: Cell) -> None:
    row = [
        found
        for each, found in explored.items()
        if (each.label, each.stack) == (cell.label, cell.stack)
    ]
    assert len(row) == 3
    names = {cell.label, f"{cell.label} on {cell.stack}"}
    expected = [what for what, rows in DISEASES.items() if names & set(rows)]
    assert [disease.disease(row)] == (expected or [disease.HOLDS])


def test_every_example_replays_twenty_times(
    explored: dict[Cell, Exploration], server: EmbeddedServer
) -> None:
    bad = [cell for cell in CELLS if cell.expected != "safe"]
    assert len(bad) >= 30
    lane = Lane(setting(server, 2))
    try:
        for cell in bad:
            example = explored[cell].example
            assert example
            saved = Saved({}, example[0].schedule, describe(*example))
            lab = lane.runner(cell)
            for _ in range(20):
                saved.compare(*lab.run(saved.schedule))
    finally:
        lane.close()
