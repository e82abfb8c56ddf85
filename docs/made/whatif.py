"""What each change of the SQL would do to each strategy, on both stacks: docs/whatif.json."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from platform import python_version
from typing import Any

from attack import targets
from attack.explore.cells import Cell, plan
from attack.explore.lanes import ask, server
from docs.made.named import DOCS, REQUESTS
from racewalk.whatif import Found, Result, advice
from shared_db.catalogue import strategies
from shared_db.server import server_version

FILE = DOCS / "whatif.json"
START = 10
_SECONDS = 120.0
_PACKAGES = ("Flask", "SQLAlchemy", "Django", "psycopg", "racewalk")


def cells(slugs: Sequence[str] = ()) -> list[Cell]:
    """Return the rows that are asked: all that can be explored with money for one, or some."""
    chosen = [each for each in strategies() if not slugs or each.slug in slugs]
    found = plan(targets.load().stacks, chosen, REQUESTS, None, START, "one")
    return [cell for cell in found if cell.setting not in cell.case.unexplored]


def write(slugs: Sequence[str] = ()) -> None:
    """Ask of every row, or anew of some and keep the others, and write what was found.

    Raises:
        LabError: the applications do not start.
    """
    with server() as on:
        postgresql = server_version(on.url(superuser=True, database="postgres"))
    asked, rows = cells(slugs), dict[str, dict[str, Any]]()
    if slugs:
        rows = {each["title"]: each for each in read()["rows"]}
    for cell, found in zip(asked, ask(asked, _SECONDS), strict=True):
        rows[cell.title] = _told(cell, found)
        print(cell.title, file=sys.stderr)  # noqa: T201
        _keep([rows[each.title] for each in cells() if each.title in rows], postgresql)


def _keep(rows: list[dict[str, Any]], postgresql: str) -> None:
    versions = {"PostgreSQL": postgresql, "Python": python_version()}
    written = {
        "versions": versions | {name: version(name) for name in _PACKAGES},
        "made": datetime.now(UTC).date().isoformat(),
        "hash": hash_of(rows),
        "rows": rows,
    }
    FILE.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read() -> dict[str, Any]:
    """Return what is kept."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def hash_of(rows: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of the rows, in hex."""
    return sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _told(cell: Cell, found: Found) -> dict[str, Any]:
    certificate = found.as_is.certificate
    return {
        **cell.told,
        "number": cell.strategy.number,
        "label": cell.label,
        "title": cell.title,
        "explored": certificate.hash if certificate else "",
        "statements": found.statements,
        "as_is": found.as_is.plain() | {"waits": found.as_is.waits},
        "changes": [
            written | {"waits": each.waits, "title": each.title} | _says(found, each)
            for each, written in zip(found.results, found.plain()["changes"], strict=True)
        ],
    }


def _says(found: Found, result: Result) -> dict[str, Any]:
    repairs = result in found.repairs
    return {
        "says": found.sentence(result),
        "repairs": repairs,
        "holds": result in found.holds,
        "write": [
            {"change": str(each.change), "flask": each.sqlalchemy, "django": each.django}
            for each in advice(result)
        ]
        if repairs
        else [],
    }
