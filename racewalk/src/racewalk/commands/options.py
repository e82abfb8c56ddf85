"""What several commands take."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from racewalk.errors import ScenarioError
from racewalk.scenario.file import Scenario
from racewalk.scenario.words import Written
from racewalk.schedule.schedule import Schedule

DEFAULT_FILE = "racewalk.toml"

file = click.argument(
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(DEFAULT_FILE),
)
races = click.option(
    "--race", "names", multiple=True, metavar="NAME", help="This race alone; may be given again."
)
race = click.option("--race", "name", metavar="NAME", default="", help="Which race of the file.")


def schedule(text: str) -> Schedule:
    """Return the schedule that a text such as AABB names.

    Raises:
        click.BadParameter: the text names none.
    """
    # A function is a parameter's type in every click; only from 8.4 on is ParamType generic.
    try:
        return Schedule.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def chosen(scenario: Scenario, names: Sequence[str]) -> list[Written]:
    """Return the races of these names; of none, all.

    Raises:
        ScenarioError: there is no such race.
    """
    return [scenario.race(name) for name in names] or list(scenario.content.race)


def one(scenario: Scenario, name: str) -> Written:
    """Return the race of this name; without one, the only race of the file.

    Raises:
        ScenarioError: there is none, or more than one.
    """
    if name:
        return scenario.race(name)
    if len(scenario.content.race) > 1:
        known = ", ".join(repr(each.name) for each in scenario.content.race)
        raise ScenarioError(f"{scenario.path} has several races: say which by --race: {known}")
    return scenario.content.race[0]


def writes(folder: bool) -> Callable[..., Path | None]:
    """Return a callback that refuses where nothing can be written to, before anything runs.

    Args:
        folder: whether a folder is meant, which is made; else a file in one that is there.
    """

    def check(_ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
        if value is None or str(value) == _STDOUT:
            return value
        try:
            if folder:
                value.mkdir(parents=True, exist_ok=True)
            else:
                with value.open("ab"):
                    pass
        except OSError as error:
            raise click.BadParameter(f"{value}: {error.strerror}", param=param) from None
        return value

    return check


_STDOUT: Final = "-"
_SECONDS: Final = 300.0

as_json = click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, allow_dash=True),
    callback=writes(False),
    help="Write what was found as JSON; - is standard output.",
)


class Seconds(click.FloatRange):
    """A number of seconds above zero; 'nan' is none, though Python takes it for a number."""

    def __init__(self) -> None:
        super().__init__(0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds."""
        found: float = super().convert(value, param, ctx)
        if isnan(found):
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        return found


def budget(of: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option --budget.

    Args:
        of: what each has so many seconds, such as 'each race'.
    """
    return click.option(
        "--budget",
        type=Seconds(),
        default=_SECONDS,
        show_default=True,
        help=f"Seconds for {of}.",
    )


def console(json_file: Path | None) -> Console:
    """Return where people are told: standard error, where JSON goes to standard output."""
    return Console(stderr=str(json_file) == _STDOUT, highlight=False)


def write(json_file: Path | None, found: Mapping[str, Any]) -> None:
    """Write what was found to where --json says, if it was given."""
    if json_file is None:
        return
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if str(json_file) == _STDOUT:
        click.echo(text)
    else:
        json_file.write_text(f"{text}\n", "utf-8")
