"""A lane without a process of its own, for tests that look into it."""

from dataclasses import replace
from typing import Any

from attack import targets
from attack.explore.cells import Cell
from attack.explore.exploration import Exploration
from attack.explore.races import race_of
from racewalk import Budget, Explorer, Setting
from racewalk.memory.target import RememberedTarget


class Lane:
    """Explores cells; keeps the applications that it has started."""

    def __init__(self, setting: Setting) -> None:
        self._explorer = Explorer(setting.database, setting.folder)
        self.close = self._explorer.close

    def explore(
        self,
        cell: Cell,
        seconds: float = 60.0,
        *,
        every: bool = False,
        memory: bool = False,
        **variables: str,
    ) -> Exploration:
        """Explore a cell, in applications with other variables where some are given."""
        race = race_of(targets.load(), cell)
        application = race.application
        env = tuple(sorted({**dict(application.env), **variables}.items()))
        race = replace(race, application=replace(application, env=env))
        found = self._explorer.explore(race, Budget(seconds), every_schedule=every, memory=memory)
        return Exploration(cell, found)

    def reader(self, cell: Cell) -> Any:
        """Return what reads the statements of a cell."""
        return self._explorer.reader(race_of(targets.load(), cell))

    def runner(self, cell: Cell, *, memory: bool = False, **options: Any) -> Any:
        """Return what runs schedules of a cell, with the application remembered or not."""
        found = self._explorer.applications.runner(race_of(targets.load(), cell), **options)
        assert isinstance(found.target, RememberedTarget)
        found.target.on = memory
        return found
