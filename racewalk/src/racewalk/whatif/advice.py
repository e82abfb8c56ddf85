"""What to write in SQLAlchemy and in Django for a change that repairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from racewalk.rewrite.changes import MODES, Change, Kind
from racewalk.whatif.result import Result

_AGAIN: Final = "and what ends with {} has to be tried again from its beginning"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to write for a change.

    Attributes:
        change: which.
        sqlalchemy, django: code in one line, and where it goes.
    """

    change: Change
    sqlalchemy: str
    django: str


def advice(result: Result) -> list[Advice]:
    """Return what to write for each change of a result."""
    return list(_advice(result.changes))


def again(result: Result) -> str:
    """Return what has to be done about errors, or ''."""
    codes = ", ".join(result.errors)
    return _AGAIN.format(codes) if codes else ""


def _advice(changes: Sequence[Change]) -> Iterator[Advice]:
    for change in changes:
        match change.kind:
            case Kind.LOCK:
                yield _lock(change)
            case Kind.LEVEL:
                level = change.text
                yield Advice(
                    change,
                    f'create_engine(url, isolation_level="{level}")',
                    'DATABASES["default"]["OPTIONS"] = {"isolation_level": '
                    f"IsolationLevel.{level.replace(' ', '_')}}}, of psycopg; it holds within "
                    "atomic()",
                )
            case Kind.ONE_TRANSACTION:
                yield Advice(
                    change,
                    "with session.begin(): around the whole request, its login too, and flush() "
                    "where commit() stands",
                    'DATABASES["default"]["ATOMIC_REQUESTS"] = True; what is read before the view '
                    "has to be read within it",
                )
            case Kind.TAKE_AWAY:
                yield Advice(change, f"leave out {change.text}", f"leave out {change.text}")


def _lock(change: Change) -> Advice:
    weak = change.text == MODES[0]
    of = change.place.of if change.place else ""
    sqlalchemy = [*(["key_share=True"] if weak else []), *([f"of={_model(of)}"] if of else [])]
    django = [*(["no_key=True"] if weak else []), *(['of=("self",)'] if of else [])]
    refreshed = '{"key_share": True}' if weak else "True"
    where = f"where statement {change.statement} is made"
    return Advice(
        change,
        f".with_for_update({', '.join(sqlalchemy)}) {where}; of a row that is loaded already: "
        f"session.refresh(row, with_for_update={refreshed})",
        f".select_for_update({', '.join(django)}) {where}, within atomic()",
    )


def _model(table: str) -> str:
    return "".join(part.capitalize() for part in table.strip('"').split("_"))
