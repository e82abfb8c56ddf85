"""racewalk run: every interleaving of a scenario's races."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from racewalk.commands import options
from racewalk.commands.errors import INTERRUPTED, told
from racewalk.commands.keep import Keep
from racewalk.commands.phases import Phases
from racewalk.lanes.pool import Pool
from racewalk.record.recorder import Recording
from racewalk.reporters import pages
from racewalk.reporters.as_json import as_json
from racewalk.reporters.junit import as_junit
from racewalk.reporters.table import print_end, print_found, print_table
from racewalk.scenario.file import Scenario, load
from racewalk.scenario.provide import kept, provided
from racewalk.scenario.races import race_of
from racewalk.scenario.verdicts import Found, exit_code
from racewalk.scenario.words import Written
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.words import counted

_MOST_LANES = 16
_UNBOUNDED = float("inf")


@dataclass(frozen=True)
class Asked:
    """What a run was asked.

    Attributes:
        requests: the first request as often as this; 0: those that are written.
        preemptions: at the most; None: any number.
        budget: seconds for each race.
        brute_force: run every schedule, not one of each class.
        lanes: processes side by side.
        memory: ask the application for what it has not said before alone.
        resume: go on where an earlier run was ended.
        record, html: folders for recordings and pages; None: none are made.
    """

    requests: int
    preemptions: int | None
    budget: float
    brute_force: bool
    lanes: int
    memory: bool
    resume: bool
    record: Path | None
    html: Path | None

    @property
    def limit(self) -> Budget:
        """When a search ends."""
        most = _UNBOUNDED if self.preemptions is None else self.preemptions
        return Budget(self.budget, preemptions=most)


@click.command()
@options.file
@options.races
@options.as_json
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=options.writes(False),
    help="Write it as JUnit's XML: a race is a test.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, file_okay=False),
    callback=options.writes(True),
    help="Write a page for each race into this folder, on which one is the scheduler. For that it "
    "is run again, and has the seconds of --budget once more.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    callback=options.writes(True),
    help="Write what such a page shows into this folder, as JSON.",
)
@click.option("--resume", is_flag=True, help="Go on where a run that was ended has stopped.")
@click.option(
    "--preemptions",
    type=click.IntRange(0),
    default=None,
    help="Only schedules in which nobody is left off more often than this.",
)
@options.budget("each race")
@click.option(
    "--requests",
    type=click.IntRange(2, 26),
    default=None,
    help="The first request of each race so many times, in place of those that are written.",
)
@click.option(
    "--lanes",
    type=click.IntRange(1, _MOST_LANES),
    default=2,
    show_default=True,
    help="Processes that explore races side by side.",
)
@click.option("--brute-force", is_flag=True, help="Run every schedule, not one of each class.")
@click.option(
    "--no-memory",
    "memory",
    flag_value=False,
    default=True,
    help="Have the application run every schedule, also where it was seen what it does.",
)
@told
def run(
    file: Path,
    names: tuple[str, ...],
    json_file: Path | None,
    junit: Path | None,
    html: Path | None,
    record: Path | None,
    resume: bool,
    preemptions: int | None,
    budget: float,
    requests: int | None,
    lanes: int,
    brute_force: bool,
    memory: bool,
) -> None:
    """Walk every interleaving of the races in FILE (racewalk.toml).

    Exit code 0: every race is as expected; 1: one is not; 2: bad usage or input; 3: of one nothing
    can be said.
    """
    scenario = load(file)
    races = options.chosen(scenario, names)
    asked = Asked(
        requests or 0, preemptions, budget, brute_force, lanes, memory, resume, record, html
    )
    console = options.console(json_file)
    found, whole = explore(scenario, races, asked, console)
    options.write(json_file, as_json(found))
    if junit:
        junit.write_bytes(as_junit(found, file.name))
    if found:
        print_table(found, console)
    if not whole:
        console.print("Interrupted; what was found is kept, and --resume goes on from there.")
        click.get_current_context().exit(INTERRUPTED)
    print_end(found, console)
    click.get_current_context().exit(exit_code(found))


def explore(
    scenario: Scenario, races: Sequence[Written], asked: Asked, console: Console
) -> tuple[list[Found], bool]:
    """Explore races, and print what comes of each as soon as it is decided.

    Returns:
        What was found, and whether that is all of them.
    """
    # Whoever wants the application to run every schedule takes over none that it was not asked for.
    keep = Keep(scenario, (asked.requests, asked.preemptions, asked.brute_force, asked.memory))
    found = _Decided(scenario, asked, keep, console)
    for race in races:
        if not asked.resume:
            keep.forget(race)
        elif certificate := keep.certificate(race):
            console.print(f"{race.name}: taken over from an earlier run", markup=False)
            found.add(race, certificate)
        elif not keep.has_begun(race):
            told = "nothing is kept of it as it is asked now: it begins anew"
            console.print(f"{race.name}: {told}", markup=False)
    left = [race for race in races if race.name not in found.known]
    whole = True
    try:
        if left or asked.html or asked.record:
            _carry_out(scenario, races, left, asked, found, keep, console)
    except KeyboardInterrupt:
        whole = False
    return [found.known[race.name] for race in races if race.name in found.known], whole


@dataclass
class _Decided:
    """Takes the verdicts, one after the other, and prints them."""

    scenario: Scenario
    asked: Asked
    keep: Keep
    console: Console
    known: dict[str, Found] = field(default_factory=dict)

    def add(self, race: Written, certificate: Certificate) -> None:
        """Keep what was found of a race, and print it."""
        found = self.known[race.name] = Found(race, certificate, self.asked.preemptions)
        self.keep.keep(race, certificate)
        path, fresh = self.keep.counterexample(self.scenario, race, self.asked.requests)
        print_found(found, self.console)
        if path:
            earlier = "" if fresh else "of an earlier run, kept since this one came to no end: "
            told = f"{earlier}racewalk replay {path}"
            self.console.print(told, markup=False, style="dim", soft_wrap=True)
        self.console.print()


class _Progress:
    """Says how far each race has come that is under way."""

    def __init__(self, races: Sequence[Written], status: Phases, doing: str = "") -> None:
        self._races, self._status, self._doing = races, status, doing
        self._runs: dict[int, int] = {}

    def __call__(self, index: int, runs: int) -> None:
        """Take how many runs there were of a race."""
        self._runs[index] = runs
        told = (f"{self._races[i].name}: {counted(n, 'run')}" for i, n in self._runs.items())
        self._status.update(self._doing + ", ".join(told))

    def over(self, index: int) -> None:
        """Take it that a race is done."""
        self._runs.pop(index, None)


def _carry_out(
    scenario: Scenario,
    races: Sequence[Written],
    left: Sequence[Written],
    asked: Asked,
    found: _Decided,
    keep: Keep,
    console: Console,
) -> None:
    lanes = min(asked.lanes, len(races))
    with (
        Pool.ahead(lanes, kept(scenario)) as make_pool,
        Phases(console) as status,
        provided(scenario, races, lanes, status.begin) as (server, settings),
        make_pool(settings) as pool,
    ):
        status.begin("Starting the application")
        progress = _Progress(left, status)

        def decided(index: int, certificate: Certificate) -> None:
            progress.over(index)
            found.add(left[index], certificate)

        made = [race_of(scenario, race, asked.requests) for race in left]
        files = [keep.runs(race) for race in left]
        for _ in pool.explore(
            made,
            asked.limit,
            progress,
            asked.brute_force,
            files,
            memory=asked.memory,
            decided=decided,
        ):
            pass
        if asked.html or asked.record:
            _record(scenario, found, asked, pool, server.version, console, status)


def _record(
    scenario: Scenario,
    found: _Decided,
    asked: Asked,
    pool: Pool,
    postgresql: str,
    console: Console,
    status: Phases,
) -> None:
    for name, decided in found.known.items():
        if not decided.is_whole:
            told = f"{name}: no recording: {decided.verdict}"
            console.print(told, markup=False)
    races = [each.written for each in found.known.values() if each.is_whole]
    if not races:
        return
    console.print(
        "Now what was explored is run again, to record what is seen after each step: "
        f"{asked.budget:g} s for each race at the most.",
        markup=False,
    )
    made = [race_of(scenario, race, asked.requests) for race in races]
    progress = _Progress(races, status, "Recording ")
    recordings = pool.record(made, [None] * len(made), asked.limit, progress)
    for index, (race, recording) in enumerate(zip(races, recordings, strict=True)):
        progress.over(index)
        _keep(race, recording, asked, postgresql, console)
    console.print()


def _keep(
    race: Written, recording: Recording, asked: Asked, postgresql: str, console: Console
) -> None:
    if recording.graph is None or recording.view is None:
        why = recording.certificate.inconclusive or recording.certificate.vacuous
        console.print(f"{race.name}: no recording: {why}", markup=False)
        return
    told = f"{counted(len(recording.graph.nodes), 'state')} in {counted(recording.runs, 'run')}"
    shown = "; ".join(f"{each.title}: {', '.join(each.columns)}" for each in recording.view.tables)
    console.print(f"{race.name}: recorded, {told}{shown and f'; of {shown}'}", markup=False)
    written = pages.recorded(race, recording, postgresql)
    for path in (
        pages.keep_recording(asked.record, race, written) if asked.record else None,
        pages.keep_page(asked.html, race, written) if asked.html else None,
    ):
        if path:
            console.print(f"  {path}", markup=False, soft_wrap=True)
