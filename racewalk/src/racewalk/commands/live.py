"""One race, for whoever runs single schedules of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from racewalk.commands.phases import Phases
from racewalk.explorer import Explorer
from racewalk.record.camera import Camera
from racewalk.record.recorder import Recorder
from racewalk.record.view import View
from racewalk.scenario.file import Scenario
from racewalk.scenario.provide import provided
from racewalk.scenario.races import race_of
from racewalk.scenario.words import Written
from racewalk.targets.race import Race


@dataclass(frozen=True, slots=True)
class Live:
    """A race that is ready.

    Attributes:
        race: which.
        explorer: runs its schedules.
        recorder: shows them.
    """

    race: Race
    explorer: Explorer
    recorder: Recorder

    def camera(self) -> tuple[Camera, View]:
        """Return what runs single schedules and sees them, to be entered, and what it shows."""
        view = self.recorder.chosen(self.race)
        return self.recorder.camera(self.race, view), view


@contextmanager
def live(scenario: Scenario, written: Written, phases: Phases, requests: int = 0) -> Iterator[Live]:
    """Yield a race that is ready.

    Args:
        scenario: where it stands.
        written: which.
        phases: shows what is under way until the application starts.
        requests: the first request as often as this; 0: those that are written.

    Raises:
        RacewalkError: the application does not start, or what is done with it cannot be done.
    """
    with provided(scenario, [written], 1, phases.begin) as (_, (setting,)):
        database, folder = setting.database, setting.folder
        with (
            Explorer(database, folder) as explorer,
            Recorder(explorer, database, folder) as recorder,
        ):
            phases.begin("Starting the application")
            yield Live(race_of(scenario, written, requests), explorer, recorder)
