"""racewalk run: every interleaving of a scenario's races."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from racewalk.commands import options
from racewalk.commands.errors import INTERRUPTED, told
from racewalk.commands.keep import Keep
from racewalk.lanes.pool import Pool
from racewalk.record.recorder import Recording
from racewalk.reporters import pages
from racewalk.reporters.as_json import as_json
from racewalk.reporters.junit import as_junit
from racewalk.reporters.table import print_end, print_table
from racewalk.scenario.file import Scenario, load
from racewalk.scenario.provide import provided
from racewalk.scenario.races import race_of
from racewalk.scenario.verdicts import Found, exit_code
from racewalk.scenario.words import Written
from racewalk.search.budget import Budget
from racewalk.search.certificate import Certificate
from racewalk.words import counted

_MOST_LANES = 16
_SECONDS = 300.0
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
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, allow_dash=True),
    callback=options.writes(False),
    help="Write what was found as JSON; - is standard output.",
)
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
    help="Write a page for each race into this folder, on which one is the scheduler.",
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
@click.option(
    "--budget",
    type=click.FloatRange(0, min_open=True),
    default=_SECONDS,
    show_default=True,
    help="Seconds for each race.",
)
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
    to_stdout = str(json_file) == "-"
    console = Console(stderr=to_stdout, highlight=False)
    found, whole = explore(scenario, races, asked, console)
    if json_file:
        text = json.dumps(as_json(found), indent=2, ensure_ascii=False)
        if to_stdout:
            click.echo(text)
        else:
            json_file.write_text(f"{text}\n", "utf-8")
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
    """Explore races; return what was found, and whether that is all of them."""
    keep = Keep(scenario, (asked.requests, asked.preemptions, asked.brute_force))
    known: dict[str, Certificate] = {}
    for race in races:
        if not asked.resume:
            keep.forget(race)
        elif certificate := keep.certificate(race):
            known[race.name] = certificate
    left = [race for race in races if race.name not in known]
    whole = True
    try:
        if left or asked.html or asked.record:
            _carry_out(scenario, races, left, asked, known, keep, console)
    except KeyboardInterrupt:
        whole = False
    found = [
        Found(race, known[race.name], asked.preemptions) for race in races if race.name in known
    ]
    return found, whole


def _carry_out(
    scenario: Scenario,
    races: Sequence[Written],
    left: Sequence[Written],
    asked: Asked,
    known: dict[str, Certificate],
    keep: Keep,
    console: Console,
) -> None:
    lanes = min(asked.lanes, len(races))
    status = console.status("Making the database ...")
    with status, provided(scenario, races, lanes) as (server, settings), Pool(settings) as pool:
        status.update("Starting the application ...")

        def progress(index: int, schedules: int) -> None:
            status.update(f"{left[index].name}: {counted(schedules, 'run')}")

        made = [race_of(scenario, race, asked.requests) for race in left]
        files = [keep.runs(race) for race in left]
        certificates = pool.explore(
            made, asked.limit, progress, asked.brute_force, files, memory=asked.memory
        )
        for race, certificate in zip(left, certificates, strict=True):
            known[race.name] = certificate
            keep.keep(race, certificate)
            if path := keep.counterexample(scenario, race, asked.requests):
                console.print(f"racewalk replay {path}", markup=False, style="dim", soft_wrap=True)
        if asked.html or asked.record:
            status.update("Recording ...")
            _record(scenario, races, asked, pool, server.version, console)


def _record(
    scenario: Scenario,
    races: Sequence[Written],
    asked: Asked,
    pool: Pool,
    postgresql: str,
    console: Console,
) -> None:
    made = [race_of(scenario, race, asked.requests) for race in races]
    recordings = pool.record(made, [None] * len(made), asked.limit)
    for race, recording in zip(races, recordings, strict=True):
        _keep(race, recording, asked, postgresql, console)


def _keep(
    race: Written, recording: Recording, asked: Asked, postgresql: str, console: Console
) -> None:
    if recording.graph is None:
        why = recording.certificate.inconclusive or recording.certificate.vacuous
        console.print(f"{race.name}: no recording: {why}", markup=False)
        return
    written = pages.recorded(race, recording, postgresql)
    if asked.record:
        console.print(f"{pages.keep_recording(asked.record, race, written)}", markup=False)
    if asked.html:
        console.print(f"{pages.keep_page(asked.html, race, written)}", markup=False)
