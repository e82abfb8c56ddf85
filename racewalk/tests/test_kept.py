"""Schedules that are kept in a file for an exploration that goes on."""

from pathlib import Path

from racewalk.lanes.kept import Kept
from racewalk.schedule.schedule import Schedule
from racewalk.search.strategy import Runner
from support.model import Model
from support.programs import Op, Program

MODEL = Model([Program("begin", (Op("read"), Op("set")))] * 2)


def runs(runner: Runner, schedules: list[Schedule]) -> None:
    for schedule in schedules:
        runner.run(schedule)


def test_a_search_that_begins_anew_counts_what_it_takes_over_once(tmp_path: Path) -> None:
    some = [Schedule.of(*requests) for requests in ((), (0, 1), (1, 0))]
    with Kept(tmp_path / "race.runs") as kept:
        runs(kept.over(MODEL), some)
        assert kept.taken_over == 0
    with Kept(tmp_path / "race.runs") as kept:
        runs(kept.over(MODEL), some)
        runs(kept.over(MODEL), some)
        assert kept.taken_over == len(some) - 1  # the first is always run
