"""A repair as an application to explore: the stage with the repair, in jail."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from attack.grade.reasons import FATAL_NOTES
from racewalk import Application
from shared_db.paths import CHECKOUT

_PACKAGES: Final = ("stage", "flask_app", "django_app", "shared_db")
_DATABASE: Final = "DATABASE_URL"
Room = Literal["required", "possible", "none"]
"""Whether a repair has to run in a room of its own, where it reaches nothing but its gate."""


@dataclass(frozen=True)
class Repair:
    """A copy of a student's file, and how it is served.

    Attributes:
        file: the copy, which nobody changes meanwhile.
        stack: 'flask' or 'django'.
        doors: the set of doors that it answers at.
        notes: the file that what is noted inside goes to.
        place: a folder of its own for what each start needs; its path has to be short.
        room: whether it has to have one.
    """

    file: Path
    stack: str
    doors: str
    notes: Path
    place: Path
    room: Room = "possible"

    def application(
        self, *, threads: int = 1, workers: int = 1, shared: bool = False, marked: bool = False
    ) -> Application:
        """Return what serves it; `marked` adds to each statement the line that sent it.

        A transaction that was given up is tried again at once, and nothing times out: who goes
        on is the scheduler's to say, and a pause only costs time.
        """
        variables = {
            "BIND": "fd://{http}",
            "WORKERS": str(workers),
            "THREADS": str(threads),
            "POOL_SIZE": str(threads),
            "RETRY_CAP_MS": "0" if workers == 1 else "50",
            "LOCK_TIMEOUT_MS": "0",
            "STATEMENT_TIMEOUT_MS": "0",
            "SECRET_KEY": "none",
            "DOORS": self.doors,
            "REPAIR": str(self.file),
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # each arena takes 64 MiB of address space, which is limited
            "HOME": "/tmp",  # noqa: S108 - a room's own
            "LANG": "C.UTF-8",
        }
        if marked:
            variables["MARK_LINES"] = "1"
        jail = [sys.executable, "-m", "attack.grade.jail.main", "--listen", "{fd}"]
        jail += ["--notes", str(self.notes), "--place", str(self.place)]
        jail += ["--room", self.room]
        jail += [*shown_paths(), "--show", str(self.file)]
        for name, value in variables.items():
            jail += ["--set", f"{name}={value}"]
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:stage.gunicorn_conf"]
        command = (*jail, "--", *gunicorn, f"stage.{self.stack}_stage:application")
        return Application(command, _DATABASE, directory=CHECKOUT, ready="/healthz", shared=shared)

    def noted(self, *words: str) -> tuple[str, str] | None:
        """Return the first note of these words, or of those that always count; None without."""
        for word, text in self.notes_so_far():
            if word in (words or FATAL_NOTES):
                return word, text
        return None

    def notes_so_far(self) -> list[tuple[str, str]]:
        """Return all notes, each a word and a sentence."""
        try:
            lines = self.notes.read_text("utf-8", "replace").splitlines()
        except OSError:
            return []
        pairs = (line.partition("\t") for line in lines)
        return [(word, text) for word, _, text in pairs]


def shown_paths() -> list[str]:
    """Return options that show what an application needs; the rest of the checkout is not seen."""
    paths = [CHECKOUT / package for package in _PACKAGES]
    prefixes = dict.fromkeys((Path(sys.prefix), Path(sys.base_prefix)))
    paths += [prefix for prefix in prefixes if not prefix.is_relative_to("/usr")]
    return [word for path in paths for word in ("--show", str(path))]
