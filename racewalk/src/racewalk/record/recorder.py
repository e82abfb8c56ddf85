"""Explores a race, then walks every edge of its graph that was not walked yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Final, Self

from racewalk.applications import Database
from racewalk.commute.effects import Reader
from racewalk.commute.trace import Tracer
from racewalk.errors import DivergenceError, RacewalkError
from racewalk.explorer import Explorer
from racewalk.record.camera import Camera, Watched
from racewalk.record.eye import Eye
from racewalk.record.graph import Graph
from racewalk.record.python import Witness, probed
from racewalk.record.shown import view_of
from racewalk.record.view import View
from racewalk.schedule.observer import Observer
from racewalk.schedule.outcome import Outcome
from racewalk.schedule.record import Run
from racewalk.search.budget import UNLIMITED, Budget
from racewalk.search.certificate import Certificate
from racewalk.search.explore import Seen, explore
from racewalk.search.one_per_class import OnePerClass
from racewalk.targets.race import Race

_TOLD: Final = "python.jsonl"


@dataclass(frozen=True, slots=True)
class Recording:
    """A race, recorded.

    Attributes:
        certificate: what the exploration proves; inconclusive where the recording failed.
        graph: what was seen; None where the certificate is inconclusive.
        runs: how many schedules were run in all.
        view: what was shown, where the recorder chose it.
    """

    certificate: Certificate
    graph: Graph | None = None
    runs: int = 0
    view: View | None = None


def record(
    camera: Camera,
    requests: int,
    reader: Reader | None,
    budget: Budget = UNLIMITED,
    seen: Seen = lambda _run, _outcome: None,
) -> Recording:
    """Explore what a camera runs and walk its whole graph.

    What fails makes the certificate inconclusive; the runner is then of no further use.

    Args:
        camera: runs schedules and sees them; it has been entered.
        requests: how many race.
        reader: reads the statements; without one no two steps commute.
        budget: of the exploration; its seconds are those of the walk, too.
        seen: called with every run and its outcome.
    """
    strategy, shots = OnePerClass(requests, reader), list[Watched]()
    begun = monotonic()

    def note(run: Run, outcome: Outcome) -> None:
        shots.append(camera.shot(run, outcome))
        seen(run, outcome)

    certificate = explore(camera, requests, strategy, budget, note)
    if not certificate.exhausted:
        return Recording(certificate)
    try:
        graph, tracer = Graph(strategy.unfolding), Tracer(reader)
        for shot in shots:
            _draw(graph, strategy, shot, tracer)
        while (schedule := graph.left()) is not None:
            if spent := budget.spent(0, monotonic() - begun):
                return Recording(replace(certificate, inconclusive=spent))
            note(*camera.run(schedule))
            _draw(graph, strategy, shots[-1], tracer)
    except RacewalkError as error:
        diverged = isinstance(error, DivergenceError)
        return Recording(replace(certificate, inconclusive=error.told, diverged=diverged))
    return Recording(certificate, graph, len(shots))


def _draw(graph: Graph, strategy: OnePerClass, shot: Watched, tracer: Tracer) -> None:
    way = strategy.unfolding.add(tracer.trace(shot.run))
    graph.add(way, shot.run, shot.outcome, shot.states, shot.lines)


class Recorder:
    """Records one race after the other. A context manager.

    Args:
        explorer: keeps the applications.
        database: on which it explores.
        folder: for what the applications' Python tells.

    Raises:
        RacewalkError: the database does not answer.
    """

    def __init__(self, explorer: Explorer, database: Database, folder: Path) -> None:
        self._explorer, self._told = explorer, folder / _TOLD
        self._observer, self._keeper = (Observer(database.superuser_url) for _ in range(2))
        self._witness = Witness(self._told)

    def record(
        self,
        race: Race,
        view: View | None,
        budget: Budget = UNLIMITED,
        seen: Seen = lambda _run, _outcome: None,
    ) -> Recording:
        """Explore a race and walk its whole graph; what fails makes the certificate inconclusive.

        Args:
            race: what to record.
            view: what to show of it; None: what one request writes and another reads.
            budget: of the exploration.
            seen: called with every run and its outcome.
        """
        requests = len(race.requests)
        # What requests share inside one process, nobody sees from here: nothing commutes.
        reader = None if race.application.shared else self._explorer.reader(race)
        chosen = view
        try:
            chosen = view or self.chosen(race)
            with self.camera(race, chosen) as camera:
                recording = record(camera, requests, reader, budget, seen)
        except RacewalkError as error:
            recording = Recording(Certificate(requests, inconclusive=error.told))
        if recording.graph is None:
            self._explorer.applications.drop(self._probed(race, chosen))
        return replace(recording, view=chosen)

    def chosen(self, race: Race) -> View:
        """Return a view of what one request writes and another reads.

        Raises:
            RacewalkError: the race cannot be run.
        """
        runner, _ = self._explorer.ready(race, plans=not race.application.shared)
        run, _ = runner.run()
        reset = self._explorer.applications.written(race)
        return view_of(run, reset.seen if reset else {}, race.ignore)

    def camera(self, race: Race, view: View) -> Camera:
        """Return what runs single schedules of a race and sees them; to be entered.

        Raises:
            RacewalkError: the application does not start, or what is to be shown is not there.
        """
        plans = not race.application.shared
        runner, _ = self._explorer.ready(self._probed(race, view), plans=plans)
        eye = Eye(self._observer, self._keeper, race.facts, view, self._witness, runner.masks)
        return Camera(runner, eye, view.column)

    def _probed(self, race: Race, view: View | None) -> Race:
        if not view or not view.code:
            return race
        return replace(race, application=probed(race.application, view.code, self._told))

    def close(self) -> None:
        """Close what was opened here; the explorer stays."""
        self._observer.close()
        self._keeper.close()
        self._witness.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
