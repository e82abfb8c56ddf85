"""Run one saved schedule again."""

from __future__ import annotations

from attack.explore.story.schedule_file import Kept
from attack.explore.web import lanes
from attack.explore.web.lane import Lane
from racewalk.errors import RacewalkError
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from shared_db.errors import LabError


def replay(kept: Kept, times: int = 1) -> tuple[Run, Outcome]:
    """Run a saved schedule and return what it did, which is what it did when it was saved.

    Args:
        kept: the schedule.
        times: how often, one after the other.

    Raises:
        LabError: it did not go the same way, or the applications do not start.
    """
    with lanes.server() as on:
        lane = Lane(lanes.setting(on, 0))
        try:
            runner = lane.runner(kept.cell)
            for _ in range(times):
                run, outcome = runner.run(kept.saved.schedule)
                kept.saved.compare(run, outcome)
        except RacewalkError as error:
            raise LabError(f"the schedule does not replay: {error}") from error
        finally:
            lane.close()
    return run, outcome
