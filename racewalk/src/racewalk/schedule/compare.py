"""Whether two runs with the same choices looked the same: what is not so is no result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Final

from racewalk.errors import DivergenceError
from racewalk.schedule.masks import Masks
from racewalk.schedule.record import Choice, Run, Step
from racewalk.schedule.schedule import Schedule
from racewalk.schedule.varying import made_up, read_otherwise
from racewalk.wire.statements import Statement
from racewalk.words import name

_LONGEST: Final = 300
_BEFORE: Final = 40
"""Characters that are shown of what is alike, before the first that differs."""


def compare(expected: Run, actual: Run, depth: int) -> None:
    """Check that two runs with the same first `depth` - 1 choices looked the same up to there.

    Raises:
        DivergenceError: names the first difference.
    """
    for index in range(depth):
        before, after = expected.choices[index], actual.choices[index]
        # The last of them is where the two part.
        if replace(before, chosen=after.chosen, wakes=after.wakes) != after:
            way = _way(actual, index)
            told = f"{way} it came otherwise than before: {_choices(before, after)}"
            raise DivergenceError(told, cure=_of_choices(before, after, actual.masks))
    old, new = (
        [(run.masks.exact(step), step) for step in run.steps if step.completed < depth - 1]
        for run in (expected, actual)
    )
    for number in range(max(len(old), len(new))):
        (was, before_step), (now, after_step) = (
            each[number] if number < len(each) else ((), None) for each in (old, new)
        )
        if was != now:
            told = steps(before_step, after_step, expected.masks, actual.masks)
            where = _way(actual, (before_step or after_step or actual.steps[-1]).completed + 1)
            cure = _of_steps(before_step, after_step, actual.masks)
            raise DivergenceError(f"{where} it came otherwise than before: {told}", cure=cure)


def steps(before: Step | None, after: Step | None, old: Masks, new: Masks) -> str:
    """Return in words how two steps differ that should have been the same.

    Args:
        before, after: the steps; None where there was none.
        old, new: the masks of their runs.
    """
    if before is None or after is None:
        ended, said = ("now", after) if before is None else ("before", before)
        return f"a statement that came only {ended}: {_short(said.line if said else '')}"
    first, then = old.exact(before), new.exact(after)
    return difference(zip(_FIELDS, first, then, strict=True))


def _of_steps(before: Step | None, after: Step | None, masks: Masks) -> str | None:
    """The line for `ignore` by which two steps are alike; None where there is no such line."""
    if before is None or after is None:
        return None
    columns = made_up(before.statements, after.statements)
    if len(after.statements) == 1:
        columns += read_otherwise(after.statements[0], after.columns, before.rows, after.rows)
    freed = masks.ignoring(columns)
    return _line(columns) if freed.exact(before) == freed.exact(after) else None


def _of_choices(before: Choice, after: Choice, masks: Masks) -> str | None:
    """The same of what is about to be sent, where its values are part of its text."""
    if before.enabled != after.enabled or len(before.pending) != len(after.pending):
        return None
    one, other = ([Statement(sql) for sql in each.pending] for each in (before, after))
    columns = made_up(one, other)
    freed = masks.ignoring(columns)
    return _line(columns) if freed.identity(one) == freed.identity(other) else None


def _line(columns: Sequence[str]) -> str | None:
    """What to paste into the race."""
    named = ", ".join(f'"{each}"' for each in dict.fromkeys(columns))
    return f"if the application makes it up, add to the race: ignore = [{named}]" if named else None


_ENDED: Final = (
    "the rows that were read",
    "its command tag",
    "its error",
    "the state of its transaction",
    "whether it waited",
)
ALIKE: Final = ("whose statement it is", "the statement", *_ENDED)
"""What `Masks.equivalent` tells of a step, in its order."""
_FIELDS: Final = (
    "whose statement it is",
    "when it was let go",
    "when it was over",
    "the statement",
    *_ENDED,
)
"""What `Masks.exact` tells of it."""


def difference(seen: Iterable[tuple[str, object, object]]) -> str:
    """Return the first thing that differs, in words: 'its error: 40001, then nothing'."""
    for words, before, after in seen:
        if before != after:
            return f"{words}: {both(before, after)}"
    return ""


def both(before: object, after: object) -> str:
    """Return two values for a person, one then the other; of long ones where they part."""
    one, other = _words(before), _words(after)
    pairs = zip(one, other, strict=False)
    alike = next((index for index, (here, there) in enumerate(pairs) if here != there), 0)
    if alike > _LONGEST // 2:
        one, other = (f"... {text[alike - _BEFORE :]}" for text in (one, other))
    return f"{_short(one) or 'nothing'}, then {_short(other) or 'nothing'}"


def _words(value: object) -> str:
    """What was seen for a person: values alone, and no names of ours."""
    if is_dataclass(value) and not isinstance(value, type):
        value = tuple(getattr(value, each.name) for each in fields(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_words(each)}" for key, each in value.items())
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(filter(None, map(_words, value)))
    return "" if value is None else str(value)


def _choices(before: Choice, after: Choice) -> str:
    seen = [("who can go on", _names(before.enabled), _names(after.enabled))]
    pending = dict(zip(after.enabled, after.pending, strict=True))
    seen += [
        (f"what {name(request)} is about to say", said, pending.get(request, ""))
        for request, said in zip(before.enabled, before.pending, strict=True)
    ]
    seen += [
        ("who waits for a lock", _names(before.waiting), _names(after.waiting)),
        ("who waits inside the application", _names(before.inside), _names(after.inside)),
        ("who has not begun", _names(before.unbegun), _names(after.unbegun)),
    ]
    return difference(seen)


def _way(run: Run, choices: int) -> str:
    items = [item for choice in run.choices[:choices] for item in choice.move]
    return f"after {Schedule(tuple(items))}" if items else "at the start"


def _names(requests: Sequence[int]) -> str:
    return ", ".join(map(name, requests))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
