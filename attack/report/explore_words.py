"""What was found, and what to try next: a line each, in plain words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from attack.explore import schedule_file
from attack.explore.disease import HOLDS, SAFE_HERE, disease
from attack.explore.exploration import Exploration
from attack.explore.schedule_file import FOLDER
from attack.report.again import command

_MORE_S = 1200.0  # of time, where the usual was not enough

TOLD_IN_FULL = 4
"""Of so many rows at most the certificates and one picture each are printed."""

Row = Sequence[Exploration]
"""One row on one stack: what was found in each setting."""


def found(rows: Sequence[Row]) -> str:
    """Return what the rows tell, those that fail first."""
    if len(rows) == 1:
        return f"Found: {_one(rows[0])}"
    everywhere: dict[str, list[str]] = defaultdict(list)
    by_label: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        cell = row[0].cell
        everywhere[cell.label].append(cell.stack)
        by_label[disease(row)][cell.label].append(cell.stack)
    told = []
    for what, labels in by_label.items():
        if what != HOLDS:
            names = [
                label if on == everywhere[label] else f"{label} on {on[0]}"
                for label, on in labels.items()
            ]
            told.append(f"{what} in {', '.join(names)}")
    if holds := by_label.get(HOLDS):
        number = len(holds)
        others = f"{number} others hold" if told else f"all {number} hold"
        told.append(others if number > 1 else "1 other holds" if told else "it holds")
    return f"Found: {'; '.join(told)}."


def _one(row: Row) -> str:
    """Tell one row on one stack."""
    what, where = disease(row), f"{row[0].cell.label} on {row[0].cell.stack}"
    shown = next((each.example for each in row if each.example), None)
    if shown:
        return f"{what} in {where}; {_enough(shown[0].preemptions)}."
    if what in (HOLDS, SAFE_HERE):
        orders = sum(each.certificate.schedules for each in row)
        is_ = "" if what == HOLDS else "is "
        return f"{where} {is_}{what}, in every order of its statements ({orders})."
    return f"{where} is {what}."


def _enough(switches: int) -> str:
    """Say how little it takes."""
    if switches == 0:
        return "one request after the other is enough"
    return (
        "one switch between the requests is enough"
        if switches == 1
        else (f"{switches} switches between the requests are enough")
    )


def next_step(rows: Sequence[Row], asked: Mapping[str, object] | None = None) -> str:
    """Return what to try next, as a command that repeats what was asked for.

    Args:
        rows: what was explored.
        asked: the options beside strategy and stack that were given another value than their
            default, by their names.
    """
    explored, asked = [each for row in rows for each in row], asked or {}
    for each in explored:
        if each.known and not each.met:
            if each.example:
                file = schedule_file.path_of(each.cell)
                return f"Next: `.venv/bin/attack explore --replay {file}` shows what went wrong."
            return _compare(each)
    for each in explored:
        if each.known is None:
            if each.certificate.exhausted:
                return f"Next: why it was answered so tell the applications' logs in {FOLDER}."
            return _again(each, asked)
    wrong = next((each for each in explored if each.known == "unsafe"), None)
    if wrong and len(rows) > TOLD_IN_FULL:
        again = command("explore", {**_where(wrong), **asked})
        return f"Next: {again} draws the shortest way to it, statement by statement."
    if wrong:
        return _compare(wrong)
    cell = explored[0].cell
    code = f"{cell.stack}_app/strategies/{cell.strategy.slug}.py"
    return f"Next: take a lock or a condition out of {code} and explore it again: what breaks?"


def _again(found: Exploration, asked: Mapping[str, object]) -> str:
    """Say how to find out what is not known."""
    if "budget" in found.why:
        budget = max(_MORE_S, 2 * float(str(asked.get("budget", 0))))
        again = command("explore", {**_where(found), **asked, "budget": f"{budget:g}"})
        return f"Next: {again} has more time."
    again = command("explore", {**_where(found), **asked, "lanes": 1})
    return f"Next: {again} tries it alone; logs of the applications are in {FOLDER}."


def _where(found: Exploration) -> dict[str, object]:
    return {"strategy": found.cell.strategy.slug, "stack": found.cell.stack}


def _compare(found: Exploration) -> str:
    slug = found.cell.strategy.slug
    return f"Next: `make compare S={slug}` shows the code of both stacks: which line is it?"
