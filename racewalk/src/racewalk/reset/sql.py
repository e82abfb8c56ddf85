"""Facts read and the start restored by statements of the user's, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from racewalk.errors import RacewalkError
from racewalk.reset.sequences import restoring
from racewalk.schedule.observer import Observer, Result
from racewalk.schedule.outcome import Fact, Facts
from racewalk.wire.statements import Value
from racewalk.words import counted

_RESETS_BETWEEN_VACUUMS: Final = 200
# See src/include/catalog/pg_type.dat.
_BOOLEAN: Final = 16
_NUMERIC: Final = 1700


class SqlReset:
    """Reads facts and restores the start, between two schedules.

    Args:
        observer: the direct connection.
        facts: by name, a query of one row: of one value, or of several, which are called
            name.column then.
        before: statements that restore the start.
        sequences: restore every sequence to what it is now, too.
        vacuum: statement that is run now and then, for dead rows make a server slow.
    """

    def __init__(
        self,
        observer: Observer,
        facts: Mapping[str, str],
        before: Sequence[str],
        *,
        sequences: bool = True,
        vacuum: str = "VACUUM",
    ) -> None:
        self._observer, self._names, self._vacuum = observer, list(facts), vacuum
        restored = restoring(observer) if sequences else []
        statements = [*facts.values(), *before, *restored]
        self._message = ";\n".join(observer.planned(_bare(each)) for each in statements)
        self._resets = 0

    def __call__(self) -> Facts:
        """Return what the last schedule left, and restore the start.

        Raises:
            RacewalkError: a statement failed, or a fact is not one row.
        """
        results = self._observer.results(self._message)[: len(self._names)]
        facts = facts_of(self._names, results)
        self._resets += 1
        if self._resets % _RESETS_BETWEEN_VACUUMS == 0:
            self._observer.run(self._vacuum)
        return facts


def facts_of(names: Sequence[str], results: Sequence[Result]) -> Facts:
    """Return what queries gave, under their names.

    Raises:
        RacewalkError: one gave another number of rows than one, or no column.
    """
    pairs: list[tuple[str, Fact]] = []
    for name, (columns, types, rows) in zip(names, results, strict=True):
        if len(rows) != 1 or not columns:
            raise RacewalkError(f"the fact {name!r} is {counted(len(rows), 'row')}, not one value")
        whole = [name] if len(columns) == 1 else [f"{name}.{column}" for column in columns]
        pairs.extend(zip(whole, map(_fact, rows[0], types), strict=True))
    return Facts(tuple(pairs))


def _fact(value: Value, oid: int) -> Fact:
    """Return a value as a judge may use it: 'f' would be true, and '-10.00' no number."""
    if value is not None and oid == _BOOLEAN:
        return bool(value)
    return Decimal(str(value)) if value is not None and oid == _NUMERIC else value


def _bare(statement: str) -> str:
    return statement.strip().rstrip(";")
