"""Histories on disk: one JSON line a trial, in history.jsonl of a run's folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attack.history import Trial
from attack.runs import lines

HISTORY: Final = "history.jsonl"


class Store:
    """Appends trials to the history of a run, each as soon as it is over."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HISTORY

    def append(self, trial: Trial) -> None:
        """Write a trial to the end of the file.

        Raises:
            LabError: it cannot be written.
        """
        lines.append(self.path, trial.to_json())


def read(path: Path) -> Iterator[Trial]:
    """Yield the trials of a file.

    Raises:
        LabError: it cannot be read, or holds something else.
    """
    yield from lines.read(path, Trial)
