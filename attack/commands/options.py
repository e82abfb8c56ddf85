"""Options that several commands take, and how their values are read."""

import json
import math
import os
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click

from attack import targets
from attack.explore.cells import AMOUNT, REQUESTS, STARTS
from attack.plan import DEFAULTS
from attack.techniques import TECHNIQUES
from shared_db.catalogue import Strategy, strategies
from shared_db.errors import LabError


class Names(click.ParamType[tuple[str, ...]]):
    """A comma-separated list of names, each out of those that exist."""

    name = "names"

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        for name in names:
            if name not in self._known:
                self.fail(_unknown(name, self._known), param, ctx)
        if not names:
            self.fail("name at least one", param, ctx)
        # In the catalogue's order, whatever the order that was typed, and each once.
        return tuple(name for name in self._known if name in names)


class Name(click.ParamType[str]):
    """One name out of those that exist."""

    name = "name"

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self._known:
            self.fail(_unknown(value, self._known), param, ctx)
        return value


def _unknown(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"there is no {name!r}: did you mean {close[0]!r}?"
    return f"there is no {name!r}; there is {', '.join(known)}"


class Seconds(click.FloatRange):
    """A number of seconds greater than zero, or in a range; 'nan' and 'inf' are none."""

    name = "seconds"

    def __init__(self, least: float | None = None, most: float | None = None) -> None:
        super().__init__(min=least or 0, min_open=least is None, max=most)

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        return seconds


class NewFile(click.ParamType[Path]):
    """A file to write at the end; whether that will be possible is found out at the start."""

    name = "file"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        path = Path(value)
        try:
            if not path.exists():
                path.open("xb").close()
                path.unlink()
            elif path.is_dir() or not os.access(path, os.W_OK):
                self.fail(f"{str(path)!r} cannot be written", param, ctx)
        except (OSError, ValueError) as error:
            self.fail(_cannot_be_written(path, error), param, ctx)
        return path


class NewFolder(click.ParamType[Path]):
    """A folder to write to; it is made where there is none."""

    name = "folder"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        path = Path(value)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=path):
                pass
        except (OSError, ValueError) as error:
            self.fail(_cannot_be_written(path, error), param, ctx)
        return path


def _cannot_be_written(path: Path, error: OSError | ValueError) -> str:
    """Return a line about a path that the system or, because of a null byte, Python refuses."""
    reason = error.strerror if isinstance(error, OSError) else error
    return f"{str(path)!r} cannot be written: {reason}"


class Start(click.ParamType[int]):
    """Money in an account, enough for one request at the least."""

    name = "money"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        start = click.INT.convert(value, param, ctx)
        if start < AMOUNT:
            self.fail(f"{start} is less than a request withdraws, {AMOUNT}", param, ctx)
        if start not in STARTS:
            self.fail(f"{start} is more than an account holds, {STARTS[-1]}", param, ctx)
        return start


SLUGS = tuple(strategy.slug for strategy in strategies())

stack = click.option(
    "--stack",
    "stacks",
    type=Names(targets.load().stacks),
    default=targets.load().stacks,
    show_default="both",
    help=f"Stacks to attack, comma-separated: {', '.join(targets.load().stacks)}.",
)
strategy = click.option(
    "--strategy",
    "slugs",
    type=Names(SLUGS),
    default=SLUGS,
    show_default="all",
    help=f"Strategies by slug, comma-separated: {', '.join(SLUGS)}.",
)
case = click.option(
    "--case", help="Of a strategy with several rows: the name of one of them, such as '1 worker'."
)
requests = click.option(
    "--requests",
    type=click.IntRange(min(REQUESTS), max(REQUESTS)),
    default=min(REQUESTS),
    show_default=True,
    help="How many requests race.",
)
technique = click.option(
    "--technique",
    "techniques",
    type=Names(tuple(TECHNIQUES)),
    default=(DEFAULTS["technique"],),
    show_default=DEFAULTS["technique"],
    help=f"Techniques, comma-separated: {', '.join(TECHNIQUES)}.",
)
json_file = click.option(
    "--json",
    "json_file",
    type=NewFile(),
    help="Also write what the table shows to this file.",
)


def write(file: Path | None, cells: list[dict[str, Any]]) -> None:
    """Write the cells of a run as JSON, where a file for them was named.

    Raises:
        LabError: it cannot be written any more.
    """
    if file is None:
        return
    try:
        file.write_text(json.dumps({"cells": cells}, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}") from None


def selected(slugs: tuple[str, ...]) -> tuple[Strategy, ...]:
    """Return the strategies of these slugs."""
    return tuple(each for each in strategies() if each.slug in slugs)
