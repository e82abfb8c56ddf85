"""What is to be seen at one moment of a schedule, and what came between two, in words."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from racewalk.record.lines import Line
from racewalk.record.sources import source_of
from racewalk.record.state import Place, Ran, Standing, State, Version
from racewalk.record.view import View
from racewalk.words import name, shown

_STANDS = {
    "unbegun": "is not sent yet",
    "held": "can go on",
    "waits": "waits",
    "inside": "waits inside the application",
    "done": "is done",
}
_MARKS = {"wait": "waits: ", "goes on": "goes on: ", "answer": "answers: "}


def stands(state: State, request: int) -> str:
    """Return in words where a request stands."""
    return f"{name(request)} {_STANDS[state.stands[request]]}"


def happened(lines: tuple[Line, ...], view: View) -> Iterator[Text]:
    """Yield what happened at one choice, with the line of code that sent it where it is known."""
    for line in lines:
        facts = [f"reads {line.reads}"] if line.reads else []
        facts += [f"writes {line.writes}"] if line.writes else []
        note = "; ".join([*facts, line.note] if line.note else facts)
        text = Text(f"{name(line.by)}  {_MARKS.get(line.kind, '')}{line.text}", style="bold")
        if note:
            text.append(f"  {note}", style="bold red" if line.failed else "cyan")
        yield text
        if line.source and (source := _source(line.source[-1], view)):
            yield Text(f"     {source}", style="dim")


def visible(state: State, view: View) -> Iterator[Text]:
    """Yield what is to be seen beside the facts: row versions, locks, and what Python holds."""
    for version in state.versions or ():
        if words := _version(version, view):
            yield Text(f"     {words}", style="magenta")
    for lock in state.locks:
        yield Text(f"     {name(lock.by)} {lock.words}", style="" if lock.granted else "yellow")
    for request, standing in enumerate(state.python):
        for words in _python(standing, view):
            yield Text(f"     {name(request)} in Python: {words}", style="green")


def _version(version: Version, view: View) -> str:
    """A version that not everybody sees, or that is no more; a plain row the facts tell already."""
    table = view.tables[version.table]
    pairs = zip(table.columns, version.value, strict=True)
    row = f"{table.title}: {', '.join(f'{column} {shown(value)}' for column, value in pairs)}"
    by = "" if version.by is None else f" by {name(version.by)}"
    if version.made == "open":
        return f"{row}, written{by}, not committed"
    if version.made == "undone":
        return f"{row}, written{by} and rolled back"
    if version.ended and version.ended[1] == "open":
        return f"{row}, being replaced by {name(version.ended[0])}"
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
        f"{called} = {'(not loaded)' if value is None else value}" for called, value in values
    )


def _source(place: Place, view: View) -> str:
    if not view.code:
        return ""
    lines = dict(source_of(view.code.root, place).lines)
    return f"{place.file}:{place.line}  {lines.get(place.line, '').strip()}"
