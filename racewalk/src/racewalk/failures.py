"""Schedules that broke something, kept so that they are run first the next time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from racewalk.files import read_text
from racewalk.schedule.schedule import Schedule


class Failures(Protocol):
    """Where they are kept, by the name of a test."""

    def save(self, name: str, schedule: Schedule) -> None:
        """Keep a schedule in place of the one that is kept."""

    def fetch(self, name: str) -> Schedule | None:
        """Return the one that is kept, or None."""

    def delete(self, name: str) -> None:
        """Keep none."""


class FailuresIn:
    """Kept in a folder, a file for each test; implements `Failures`.

    Args:
        folder: which; it is made when there is something to keep.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, name: str, schedule: Schedule) -> None:
        """Keep a schedule; where the folder cannot be written to, none is."""
        told: Mapping[str, str] = {"test": name, "schedule": str(schedule)}
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder.parent / ".gitignore").write_text("*\n")
            self._path(name).write_text(json.dumps(told, indent=2) + "\n", "utf-8")

    def fetch(self, name: str) -> Schedule | None:
        """Return the one that is kept; None where the file cannot be read."""
        with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
            return Schedule.parse(json.loads(read_text(self._path(name)))["schedule"])
        return None

    def delete(self, name: str) -> None:
        """Keep none."""
        with suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{sha256(name.encode()).hexdigest()[:16]}.json"
