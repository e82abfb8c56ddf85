"""Options that several commands take, and how their values are read."""

import os
from pathlib import Path

import click

from attack import targets
from attack.techniques import TECHNIQUES
from shared_db.catalogue import Strategy, strategies


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
                self.fail(f"there is no {name!r}; there is {', '.join(self._known)}", param, ctx)
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
            self.fail(f"there is no {value!r}; there is {', '.join(self._known)}", param, ctx)
        return value


class NewFile(click.ParamType[Path]):
    """A file to write at the end; whether that will be possible is found out at the start."""

    name = "file"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        path = Path(value)
        if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
            self.fail(f"{path} cannot be written", param, ctx)
        return path


SLUGS = tuple(strategy.slug for strategy in strategies())

stack = click.option(
    "--stack",
    "stacks",
    type=Names(targets.load().stacks),
    default=targets.load().stacks,
    show_default="both",
    help="Stacks to attack, comma-separated.",
)
strategy = click.option(
    "--strategy",
    "slugs",
    type=Names(SLUGS),
    default=SLUGS,
    show_default="all",
    help="Strategies by slug, comma-separated.",
)
technique = click.option(
    "--technique",
    "techniques",
    type=Names(tuple(TECHNIQUES)),
    default=("last_byte",),
    show_default="last_byte",
    help=f"Techniques, comma-separated: {', '.join(TECHNIQUES)}.",
)
json_file = click.option(
    "--json",
    "json_file",
    type=NewFile(),
    help="Also write what the table shows to this file.",
)


def selected(slugs: tuple[str, ...]) -> tuple[Strategy, ...]:
    """Return the strategies of these slugs."""
    return tuple(each for each in strategies() if each.slug in slugs)
