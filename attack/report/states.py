"""What is to be seen at one moment of a schedule, in the terminal, and what came between two."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from attack.explore import judge
from attack.explore.cells import Cell
from racewalk import Outcome
from racewalk.record.camera import Watched
from racewalk.record.document import Title
from racewalk.record.lines import Line
from racewalk.record.sources import source_of
from racewalk.record.state import Place, Ran, Standing, State, Version
from racewalk.record.view import View
from racewalk.words import name

_STANDS = {
    "unbegun": "is not sent yet",
    "held": "can go on",
    "waits": "waits",
    "inside": "waits inside the application",
    "done": "is done",
}


def tell_run(watched: Watched, view: View, title: Title, output: Console) -> None:
    """Print a whole run, choice by choice."""
    tell_state(watched.states[0], view, title, output)
    for lines, state in zip(watched.lines, watched.states[1:], strict=True):
        tell_lines(lines, view, output)
        tell_state(state, view, title, output)


def tell_lines(lines: tuple[Line, ...], view: View, output: Console) -> None:
    """Print what happened at one choice."""
    for line in lines:
        mark = {"wait": "waits: ", "goes on": "goes on: ", "answer": "answers: "}.get(line.kind, "")
        facts = [f"reads {line.reads}"] * bool(line.reads) + [f"writes {line.writes}"] * bool(
            line.writes
        )
        note = "; ".join([*facts, line.note] if line.note else facts)
        text = Text(f"{name(line.by)}  {mark}{line.text}", style="bold")
        if note:
            text.append(f"  {note}", style="bold red" if line.failed else "cyan")
        output.print(text)
        if line.source:
            output.print(Text(f"     {_source(line.source[-1], view)}", style="dim"))


def tell_state(state: State, view: View, title: Title, output: Console) -> None:
    """Print what is to be seen at one moment."""
    facts = ", ".join(
        f"{fact} {value}" for fact, value in zip(title.facts, state.facts, strict=True)
    )
    output.print(Text(f"     committed: {facts}"))
    for version in state.versions or ():
        if words := _version(version, view):
            output.print(Text(f"     {words}", style="magenta"))
    for lock in state.locks:
        style = "" if lock.granted else "yellow"
        output.print(Text(f"     {name(lock.by)} {lock.words}", style=style))
    for request, standing in enumerate(state.python):
        for words in _python(standing, view):
            output.print(Text(f"     {name(request)} in Python: {words}", style="green"))


def tell_outcome(cell: Cell, outcome: Outcome, output: Console) -> None:
    """Print how a schedule ended."""
    answers = ", ".join(f"{name(n)} {said}" for n, said in enumerate(outcome.answers))
    output.print(Text(f"\n{answers}", style="bold"))
    style = "bold red" if outcome.unsafe else "green"
    words = " ".join(filter(None, (judge.ending(cell, outcome), judge.in_words(cell, outcome))))
    output.print(Text(words, style=style))


def stands(state: State, request: int) -> str:
    """Return in words where a request stands."""
    return f"{name(request)} {_STANDS[state.stands[request]]}"


def _version(version: Version, view: View) -> str:
    """A version that not everybody sees, or that is no more; a plain row the facts tell already."""
    table = view.tables[version.table]
    row = ", ".join(
        f"{column} {value}" for column, value in zip(table.columns, version.value, strict=True)
    )
    by = "" if version.by is None else f" by {name(version.by)}"
    if version.made == "open":
        return f"{table.title}: {row}, written{by}, not committed"
    if version.made == "undone":
        return f"{table.title}: {row}, written{by} and rolled back"
    if version.ended and version.ended[1] == "open":
        return f"{table.title}: {row}, being replaced by {name(version.ended[0])}"
    return ""


def _python(standing: Standing, view: View) -> Iterator[str]:
    for ran in standing.ran:
        yield f"{_source(ran.place, view)}{_held(ran)}"
    if standing.values and not standing.ran:
        yield _values(standing.values)


def _held(ran: Ran) -> str:
    return f"   with {_values(ran.values)}" if ran.values else ""


def _values(values: tuple[tuple[str, object], ...]) -> str:
    return ", ".join(
        f"{name} = {'(not loaded)' if value is None else value}" for name, value in values
    )


def _source(place: Place, view: View) -> str:
    if not view.code:
        return ""
    lines = dict(source_of(view.code.root, place).lines)
    return f"{place.file}:{place.line}  {lines.get(place.line, '').strip()}"
