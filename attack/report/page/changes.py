"""What differs between two runs, in words."""

from collections.abc import Iterator

from attack.counting import counted
from attack.report.page.evidence import Cell, Report
from attack.words import NAMES, PLAIN


def changes(now: Report, before: Report) -> list[str]:
    """Return what changed from one report to the other, a line each; none: nothing did."""
    return [*_versions(now, before), *_settings(now, before), *_cells(now, before)]


def _versions(now: Report, before: Report) -> Iterator[str]:
    new, old = (
        {k: v for run in each.runs for k, v in run.head.versions.items()} for each in (now, before)
    )
    for name in sorted(new.keys() | old.keys()):
        if new.get(name) != old.get(name):
            yield f"{name}: {old.get(name, 'unknown')} before, {new.get(name, 'unknown')} now."


def _settings(now: Report, before: Report) -> Iterator[str]:
    for part in sorted(now.parts.keys() | before.parts.keys()):
        if part not in now.parts or part not in before.parts:
            yield f"{part}: only {'now' if part in now.parts else 'before'}."
            continue
        new, old = (each.parts[part].head.settings.get(part, {}) for each in (now, before))
        for name in sorted(new.keys() | old.keys()):
            if name != "strategies" and new.get(name) != old.get(name):
                yield f"{part}, {name}: {old.get(name)} before, {new.get(name)} now."


def _cells(now: Report, before: Report) -> Iterator[str]:
    new, old = now.cells, before.cells
    for name in [*new, *(each for each in old if each not in new)]:
        cell, other = new.get(name), old.get(name)
        known = cell or other
        place = f"{known.row.label} on {NAMES[known.stack]}" if known else name
        if not cell or not other:
            yield f"{place}: only {'now' if cell else 'before'}."
            continue
        yield from (f"{place}: {words}" for words in _of_cell(cell, other))


def _of_cell(now: Cell, before: Cell) -> Iterator[str]:
    if now.source and before.source and now.source != before.source:
        yield "its source is another."
    earlier = {each.technique: each for each in before.salvos}
    for each in now.salvos:
        other = earlier.get(each.technique)
        if other and other.verdict != each.verdict:
            yield f"{each.technique}: {PLAIN[other.verdict]} before, {PLAIN[each.verdict]} now."
        elif other and _apart(each.interval, other.interval):
            share = f"{other.exploited} of {counted(len(other.trials), 'trial')}"
            today = f"{each.exploited} of {len(each.trials)} now"
            yield f"{each.technique}: {share} paid wrongly before, {today}."
    certified = {each.key: each for each in before.certificates}
    for found in now.certificates:
        old = certified.get(found.key)
        if old and old.verdict != found.verdict:
            yield f"{found.setting}: {old.verdict} before, {found.verdict} now."
        elif old and old.hash != found.hash:
            orders = counted(old.schedules, "order")
            yield (
                f"{found.setting}: {old.unsafe} of {orders} unsafe before, {found.unsafe} of "
                f"{found.schedules} now, by other statements or other ends."
            )


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Tell whether two intervals have nothing in common: then it is no chance."""
    return one[0] > other[1] or other[0] > one[1]
