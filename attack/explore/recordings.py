"""Recordings of cells: what the lab says of one, and the file that it is kept in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Final

from attack.explore import judge
from attack.explore.cells import AMOUNT, Cell
from attack.explore.ledger import OTHERS, names
from attack.explore.views import view_of
from racewalk import Outcome
from racewalk.record.document import Title, document, to_bytes
from racewalk.record.recorder import Recording
from racewalk.words import name
from shared_db.errors import LabError

_PACKAGES: Final = {
    "flask": {"framework": "Flask", "orm": "SQLAlchemy"},
    "django": {"framework": "Django", "orm": "Django"},
}

_WORDS: Final = {OTHERS: "other_accounts_changed"}
"""What a reader is told in place of a fact's name."""


def file_name(cell: Cell) -> str:
    """Return the name of the file that a cell's recording is kept in."""
    return f"{cell.stem}-{cell.start}.json"


def written(cell: Cell, recording: Recording, postgresql: str, without: str = "") -> dict[str, Any]:
    """Return a cell's recording as JSON; see racewalk/docs/recording.md.

    Args:
        cell: what was recorded.
        recording: what was seen; it has a graph.
        postgresql: the server's version.
        without: the lock that was taken away, in SQL; or ''.

    Raises:
        ValueError: it has none.
    """
    if recording.graph is None:
        raise ValueError(f"{cell.title} was not recorded")

    title = title_of(cell, postgresql)
    if without:
        words = f"{cell.title}, without {without}"
        title = replace(title, cell={**title.cell, "title": words, "without": without})
    view = view_of(cell)
    return document(recording.certificate, recording.graph, view, title, partial(ending, cell))


def ending(cell: Cell, outcome: Outcome) -> dict[str, Any]:
    """Return what the lab says of an end: in one sentence, and what is bad about it."""
    kind = judge.kind(cell, outcome)
    words = " ".join(filter(None, (judge.ending(cell, outcome), judge.in_words(cell, outcome))))
    return {"words": words, "bad": None if kind == "safe" else kind}


def title_of(cell: Cell, postgresql: str) -> Title:
    """Return what the lab says of a cell.

    Args:
        cell: which.
        postgresql: the server's version.
    """
    return Title(
        cell={**cell.told, "number": cell.strategy.number, "title": cell.title},
        versions=_versions(cell, postgresql),
        recorded=datetime.now(UTC).date().isoformat(),
        requests=[{"name": name(n), "does": does} for n, does in enumerate(_does(cell))],
        facts=_facts(cell),
    )


def keep(
    folder: Path, cell: Cell, recording: Recording, postgresql: str, without: str = ""
) -> None:
    """Write a cell's recording; where it failed, leave none of an earlier one. See `written`.

    Raises:
        LabError: it cannot be written.
    """
    path = folder / file_name(cell)
    try:
        if recording.graph is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(to_bytes(written(cell, recording, postgresql, without)))
    except OSError as error:
        raise LabError(f"{path} cannot be written: {error.strerror}") from None


def _versions(cell: Cell, postgresql: str) -> dict[str, str]:
    packages = {key: f"{title} {version(title)}" for key, title in _PACKAGES[cell.stack].items()}
    return {
        "postgresql": postgresql,
        "python": python_version(),
        **packages,
        "driver": f"psycopg {version('psycopg')}",
    }


def _does(cell: Cell) -> list[str]:
    """What each request does, in words."""
    return [
        racer.beside.replace("_", " ") if racer.beside else f"withdraws {AMOUNT}"
        for racer in cell.racers
    ]


def _facts(cell: Cell) -> list[str]:
    """The names of what is read; of one user alone, without whose it is."""
    told = [_WORDS.get(each, each) for each in names(cell.users)]
    return [each.rpartition(".")[2] for each in told] if cell.users == 1 else told
