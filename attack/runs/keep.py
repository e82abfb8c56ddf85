"""A run while it happens: whatever is known is written at once, so that nothing needs an end."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attack.explore.exploration import Exploration
from attack.report import drawing
from attack.report.explore_json import cell_to_json
from attack.runs import lines
from attack.runs.records import (
    CERTIFICATES,
    FORMAT,
    HEAD,
    SCHEDULES,
    SOURCES,
    VERDICTS,
    Head,
    Part,
    catalogue_rows,
)
from attack.runs.versions import versions
from attack.store import Store
from attack.verdicts import Conclusion
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB, RUNS

STACKS = {"flask": "flask_app", "django": "django_app"}


Begin = Callable[[str], "Run"]
"""Begins a run as soon as the version of its PostgreSQL is known."""


class Run:
    """A folder of runs/, and what is written into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder)
        self._verdicts: dict[str, Any] = {}

    @classmethod
    def begin(
        cls,
        settings: Mapping[Part, Mapping[str, Any]],
        slugs: Iterable[str],
        postgresql: str = "",
        runs: Path = RUNS,
    ) -> "Run":
        """Begin a run: its folder, its settings, and the source of its strategies.

        Args:
            settings: of each part that will be run.
            slugs: of the strategies.
            postgresql: version of the server.
            runs: where runs are kept.

        Raises:
            LabError: it cannot be written.
        """
        now = datetime.now(UTC)
        chosen = {part: {**of, "strategies": list(slugs)} for part, of in settings.items()}
        head = Head(FORMAT, now.isoformat(), chosen, versions(postgresql), catalogue_rows())
        run = cls(_new_folder(runs, f"{now:%Y-%m-%dT%H-%M-%S}"))
        run.write(HEAD, asdict(head))
        keep_sources(run.folder)
        return run

    def write(self, name: str, record: Mapping[str, Any]) -> None:
        """Write a file anew, whole or not at all.

        Raises:
            LabError: it cannot be written.
        """
        path = self.folder / name
        new = path.with_suffix(".new")
        try:
            new.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
            new.replace(path)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise LabError(f"{path} cannot be written: {error.strerror}") from None

    def explored(self, found: Exploration, schedule: Path | None) -> None:
        """Write what one exploration found, and the schedule that shows it.

        Args:
            found: what was explored.
            schedule: file of that schedule, beside its picture; None where there is none.

        Raises:
            LabError: it cannot be written.
        """
        picture = ""
        if schedule:
            drawn, folder = schedule.with_suffix(".svg"), self.folder / SCHEDULES
            picture = drawn.read_text("utf-8")
            try:
                folder.mkdir(exist_ok=True)
                for file in (schedule, drawn):
                    shutil.copyfile(file, folder / file.name)
            except OSError as error:
                raise LabError(f"{folder} cannot be written: {error.strerror}") from None
        words = {
            "setting": found.cell.money,
            "told": str(found.certificate),
            "picture": picture,
            "story": drawing.lines(found),
        }
        lines.append(self.folder / CERTIFICATES, cell_to_json(found) | words)

    def concluded(self, part: Part, conclusion: Conclusion, cells: list[dict[str, Any]]) -> None:
        """Write what a part of the run came to: its cells, its verdicts, its exit code.

        Raises:
            LabError: it cannot be written.
        """
        self._verdicts[part] = {
            "exit_code": conclusion.exit_code,
            "findings": [asdict(finding) for finding in conclusion.findings],
            "cells": cells,
        }
        self.write(VERDICTS, self._verdicts)


def beginner(settings: Mapping[Part, Mapping[str, Any]], slugs: Iterable[str]) -> Begin:
    """Return what begins a run when it is called first, and gives the same one when called again.

    Args:
        settings: of each part that will be run.
        slugs: of the strategies.
    """
    begun: list[Run] = []

    def begin(postgresql: str) -> Run:
        if not begun:
            begun.append(Run.begin(settings, slugs, postgresql))
        return begun[0]

    return begin


def keep_sources(folder: Path) -> None:
    """Copy the source of every strategy that is in this checkout into a run.

    Raises:
        LabError: it cannot be written.
    """
    try:
        for stack, application in STACKS.items():
            source = CHECKOUT / application / "strategies"
            if source.is_dir():
                ignored = shutil.ignore_patterns("__*")
                target = folder / SOURCES / stack
                shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
    except OSError as error:  # shutil's own error has a list of all, and no reason
        raise LabError(f"{folder} cannot be written: {error.strerror or 'see the disk'}") from None


def take_in() -> None:
    """Move the runs that a container wrote into the lab's folder to where runs are kept.

    The container has no source of the applications: their images were built from this checkout's.

    Raises:
        LabError: they cannot be written.
    """
    inside = LAB / "runs"
    if inside == RUNS or not inside.is_dir():
        return
    try:
        RUNS.mkdir(exist_ok=True)
        for folder in inside.iterdir():
            if (folder / HEAD).is_file() and not (RUNS / folder.name).exists():
                keep_sources(Path(shutil.move(folder, RUNS)))
    except OSError as error:
        raise LabError(f"{RUNS} cannot be written: {error.strerror}") from None


def _new_folder(runs: Path, name: str) -> Path:
    """Make a folder that nobody has; several runs may begin in the same second."""
    for number in range(1, 1000):
        folder = runs / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not runs.is_dir():
                break
            continue
        except OSError as error:
            raise LabError(f"{folder} cannot be written: {error.strerror}") from None
        return folder
    raise LabError(f"{runs} cannot be written: it is no folder for runs")
