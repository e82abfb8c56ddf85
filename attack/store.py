"""Histories on disk: one JSON line a trial, in .lab/runs/<time>.jsonl."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from attack.history import Trial
from shared_db.errors import LabError
from shared_db.paths import LAB

RUNS = LAB / "runs"


class Store:
    """Appends trials to a new file, each as soon as it is over."""

    def __init__(self, folder: Path = RUNS) -> None:
        self.path = folder / f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S.%f}.jsonl"

    def append(self, trial: Trial) -> None:
        """Write a trial to the end of the file.

        Raises:
            LabError: it cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(trial.to_json()) + "\n")
        except OSError as error:
            raise LabError(f"{self.path} cannot be written: {error.strerror}") from None


def read(path: Path) -> Iterator[Trial]:
    """Yield the trials of a file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Trial.from_json(json.loads(line))
