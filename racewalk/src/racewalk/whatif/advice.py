"""What to write in SQLAlchemy and in Django for a change that repairs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from racewalk.rewrite.changes import MODES, Change, Kind
from racewalk.rewrite.texts import legible
from racewalk.whatif.result import Result

_FIRST: Final = re.compile(
    r"\bFROM\s+(?P<table>[^,]*?)(?=\s+(?:LEFT|RIGHT|FULL|INNER|CROSS|NATURAL|JOIN|WHERE|ORDER)\b|,|\Z)",
    re.IGNORECASE | re.DOTALL,
)
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
    of = legible(change.place.of).split(", ") if change.place and change.place.of else []
    models = ", ".join(map(_model, of))
    models = f"({models})" if len(of) > 1 else models
    relations = ", ".join(_relation(each, change) for each in of)
    sqlalchemy = [*(["key_share=True"] if weak else []), *([f"of={models}"] if of else [])]
    django = [*(["no_key=True"] if weak else []), *([f"of=({relations},)"] if of else [])]
    refreshed = '{"key_share": True}' if weak else "True"
    where = f"where statement {change.statement} is made"
    return Advice(
        change,
        f".with_for_update({', '.join(sqlalchemy)}) {where}; of a row that is loaded already: "
        f"session.refresh(row, with_for_update={refreshed})",
        f".select_for_update({', '.join(django)}) {where}, within atomic()",
    )


def _relation(table: str, change: Change) -> str:
    """How Django calls a table in `of`: 'self', or the field that leads to it."""
    text = legible(change.place.shape) if change.place else ""
    first = _FIRST.search(text)
    name = re.escape(table.strip('"'))
    if first and re.search(rf'(?:^|[\s"]){name}(?:$|[\s"])', first["table"]):
        return '"self"'
    bare = table.strip('"')
    return f"<the field that leads to {bare}>"


def _model(table: str) -> str:
    return "".join(part.capitalize() for part in table.strip('"').split("_"))
