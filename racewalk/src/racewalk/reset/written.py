"""Reads what a schedule left, rows and facts, and restores the start: all that was written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from racewalk.errors import RacewalkError
from racewalk.reset.copies import Copies
from racewalk.reset.rows import Change, Row, Rows
from racewalk.reset.sql import facts_of
from racewalk.reset.tables import Stored
from racewalk.schedule.masks import Masks
from racewalk.schedule.observer import Observer, Result
from racewalk.schedule.outcome import Facts

_DEAD_ROWS: Final = 20_000
"""Rows put back after which the pages are cleared of dead ones, which make a server slow."""


class WrittenReset:
    """Reads facts and rows and restores the start, between two schedules.

    Args:
        observer: the direct connection.
        copies: of the start.
        facts: by name, a query that gives one value.
        before: statements that come after the rows are put back.
        masks: of the race.
        ignore: columns that are not compared, as `table.column`.

    Attributes:
        seen: for each table by number what was ever written in it.
    """

    def __init__(
        self,
        observer: Observer,
        copies: Copies,
        facts: Mapping[str, str],
        before: Sequence[str],
        masks: Masks,
        ignore: Sequence[str],
    ) -> None:
        self._observer, self._copies, self._names = observer, copies, list(facts)
        self._reads = [observer.planned(query.strip().rstrip(";")) for query in facts.values()]
        self._before = [each.strip().rstrip(";") for each in before]
        self._rows = Rows(masks, ignore)
        self._moving = [t for t in copies.tables if t.moments and t.key] if before else []
        self._begun: list[Change] = []
        self._dead = 0
        self.seen: dict[int, Change] = {}

    def __call__(self) -> Facts:
        """Return what the last schedule left, and restore the start.

        Raises:
            RacewalkError: a statement failed, or a fact is not one value.
        """
        copies = self._copies
        *facts, told = self._ask([*self._reads, copies.question])
        changed = copies.changed(told.rows)
        found = facts_of(self._names, facts)
        changes = self._changes(changed) if changed else []
        for each in changes:
            self.seen.setdefault(each.table.oid, each)
        rows = self._rows.tell(changes, self._begun)
        self._restore(changed)
        return replace(found, rows=rows)

    def _restore(self, changed: Sequence[Stored]) -> None:
        statements = self._copies.restoring(changed)
        begun = [self._copies.just_written(table) for table in self._moving]
        answers = self._ask([*statements, *self._before, *begun])
        ((number,),) = answers[len(statements) - 2].rows
        told = zip(self._moving, answers[len(answers) - len(begun) :], strict=True)
        self._begun = [Change(table, _objects(its.rows), ()) for table, its in told if its.rows]
        self._moving = [each.table for each in self._begun]
        self._copies.restored(number)
        self._dead += sum(self._copies.size(table) for table in changed)
        if self._dead > _DEAD_ROWS:
            self._dead = 0
            self._observer.run("VACUUM")

    def _changes(self, changed: Sequence[Stored]) -> list[Change]:
        copies = self._copies
        answers = self._ask([q for table in changed for q in copies.differences(table)])
        pairs = zip(changed, answers[::2], answers[1::2], strict=True)
        return [Change(table, _objects(new.rows), _objects(old.rows)) for table, new, old in pairs]

    def _ask(self, questions: Sequence[str]) -> list[Result]:
        try:
            return self._observer.results(";\n".join(questions))
        except RacewalkError:
            self._observer.run("ROLLBACK")
            raise


def _objects(rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    return [json.loads(row) for (row,) in rows]
