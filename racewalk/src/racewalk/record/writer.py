"""Parts of a recording as JSON holds them: every text, source, state, end and node once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from racewalk.record.lines import Line
from racewalk.record.sources import Source, source_of
from racewalk.record.state import Place, Ran, State, Values, Version
from racewalk.record.view import View
from racewalk.schedule.outcome import Outcome, plain

Ending = Callable[[Outcome], Mapping[str, Any]]
"""What a race's owner has to say of an end, beside what broke."""


class Writer:
    """Writes states and lines: every text, source and state once.

    Args:
        view: what was shown.
    """

    def __init__(self, view: View) -> None:
        self._root = view.code.root if view.code else Path()
        self._texts: dict[str, int] = {}
        self._sources: dict[Source, int] = {}
        self._states: dict[State, int] = {}
        self._written: list[dict[str, Any]] = []

    @property
    def shared(self) -> dict[str, Any]:
        """What is referred to by number."""
        sources = [
            {"file": each.file, "name": each.name, "lines": [list(line) for line in each.lines]}
            for each in self._sources
        ]
        return {"sources": sources, "texts": list(self._texts), "states": self._written}

    def text(self, text: str | None) -> int | None:
        """Return the number of a text; None where there is nothing to say."""
        return self._texts.setdefault(text, len(self._texts)) if text else None

    def stack(self, places: Sequence[Place]) -> list[list[int]]:
        """Return where a Python stands: numbers of sources and of lines."""
        found = []
        for place in places:
            source = source_of(self._root, place)
            found.append([self._sources.setdefault(source, len(self._sources)), place.line])
        return found

    def state(self, state: State) -> int:
        """Return the number of a state."""
        if state not in self._states:
            self._states[state] = len(self._states)
            self._written.append(self._state(state))
        return self._states[state]

    def _state(self, state: State) -> dict[str, Any]:
        versions = state.versions
        return {
            "stands": list(state.stands),
            "at": [self.stack(each.stack) for each in state.python],
            "python": [self._values(each.values) for each in state.python],
            "ran": [[self._ran(ran) for ran in each.ran] for each in state.python],
            "open": list(state.open),
            "answered": list(state.answered),
            "facts": [plain(fact) for fact in state.facts],
            "versions": None if versions is None else [_version(each) for each in versions],
            "locks": [
                {"by": each.by, "words": self.text(each.words), "granted": each.granted}
                for each in state.locks
            ],
            "waits": [list(pair) for pair in state.waits],
        }

    def _values(self, values: Values) -> list[list[Any]]:
        return [[self.text(name), value] for name, value in values]

    def _ran(self, ran: Ran) -> list[Any]:
        (place,) = self.stack([ran.place])
        return [*place, self._values(ran.values)]

    def line(self, line: Line) -> dict[str, Any]:
        """Return what happened."""
        return {
            "by": line.by,
            "kind": line.kind,
            "text": self.text(line.text),
            "reads": self.text(line.reads),
            "writes": self.text(line.writes),
            "note": self.text(line.note),
            "failed": line.failed,
            "source": self.stack(line.source),
        }


def _version(version: Version) -> dict[str, Any]:
    return {
        "table": version.table,
        "by": version.by,
        "value": list(version.value),
        "made": version.made,
        "ended": list(version.ended) if version.ended else None,
    }


class Ends:
    """Writes the ends; of some that differ in what is not told, one, with the sum of their counts.

    Args:
        counts: how many schedules end so.
        ending: what a race's owner has to say of an end.
    """

    def __init__(self, counts: Mapping[Outcome, int], ending: Ending) -> None:
        self._counts, self._ending = counts, ending
        self._numbers: dict[Outcome, int] = {}
        self._told: list[dict[str, Any]] = []
        self._sums: list[int] = []

    def number(self, outcome: Outcome) -> int:
        """Return the number of an end."""
        if outcome not in self._numbers:
            told = self._tell(outcome)
            if told not in self._told:
                self._told.append(told)
                self._sums.append(0)
            self._numbers[outcome] = self._told.index(told)
            self._sums[self._numbers[outcome]] += self._counts[outcome]
        return self._numbers[outcome]

    @property
    def written(self) -> list[dict[str, Any]]:
        """All of them."""
        return [{**told, "count": n} for told, n in zip(self._told, self._sums, strict=True)]

    def _tell(self, outcome: Outcome) -> dict[str, Any]:
        return {
            "unsafe": outcome.unsafe,
            "said": list(outcome.answers),
            "facts": list(outcome.facts.plain().values()),
            "broken": list(outcome.violations),
            **self._ending(outcome),
        }
