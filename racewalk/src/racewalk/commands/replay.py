"""racewalk replay: one schedule again."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from racewalk import story
from racewalk.commands import options
from racewalk.commands.errors import told
from racewalk.commands.keep import digest
from racewalk.commands.live import live
from racewalk.commands.phases import Phases
from racewalk.errors import DivergenceError, ScenarioError
from racewalk.reporters.words import story_of
from racewalk.scenario.file import load
from racewalk.scenario.verdicts import Exit
from racewalk.schedule.schedule import MOST_REQUESTS, Schedule
from racewalk.words import counted

_ANEW = (
    "so the application, its data or the scenario is not what it was when the file was written: "
    "racewalk run writes it anew"
)


@click.command()
@options.file
@options.race
@click.option("--schedule", type=options.schedule, help="Which one, such as AABB.")
@told
def replay(file: Path, name: str, schedule: Schedule | None) -> None:
    """Run one schedule: of a race of FILE, or the one that is kept in FILE.json.

    Exit code 0: it went the same way, or no invariant broke; 1: one did; 3: it went another way.
    """
    saved, requests, kept = None, 0, file
    if file.suffix == ".json":
        saved, file, name, requests, schedule = _saved(file)
    elif schedule is None:
        raise click.UsageError("say which by --schedule, such as --schedule AABB")
    scenario = load(file)
    written = options.one(scenario, name)
    most = max((item.request for item in schedule), default=0)
    if most >= max(requests, len(written.requests)):
        raise ScenarioError(f"the schedule {schedule} names more requests than {written.name} has")
    console = Console(highlight=False)
    if saved and saved.scenario.get("content") not in (None, digest(scenario)):
        console.print(f"{file} has changed since {kept} was written", style="yellow", markup=False)
    with Phases(console) as phases, live(scenario, written, phases, requests) as ready:
        try:
            run, outcome = ready.explorer.replay(ready.race, schedule)
            names = saved.compare(run, outcome) if saved else None
        except DivergenceError as error:
            raise DivergenceError(str(error), cure=_ANEW if saved else None) from None
    story.draw(story_of(run, outcome), written.name, console)
    if names is not None:
        count = counted(len(names.pairs), "random value")
        apart = f", apart from {count} that the set-up makes anew" if names.pairs else ""
        console.print(f"Every step and the outcome are those of the file{apart}.", style="green")
    click.get_current_context().exit(Exit.UNMET if outcome.unsafe and not saved else Exit.MET)


def _saved(path: Path) -> tuple[story.Saved, Path, str, int, Schedule]:
    try:
        saved = story.load(path)
        where = saved.scenario
        file, name, requests = Path(where["file"]), where["race"], where["requests"]
        if type(requests) is not int or not 0 <= requests <= MOST_REQUESTS:
            raise ValueError(requests)
        if not isinstance(name, str):
            raise TypeError(name)
        return saved, file, name, requests, saved.schedule
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError):
        raise ScenarioError(f"{path} is no saved schedule of a scenario") from None
