"""What is kept of a run, so that one that was ended goes on by --resume."""

from __future__ import annotations

import hashlib
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

from racewalk import story
from racewalk.reporters.words import slug, story_of
from racewalk.scenario.file import Scenario
from racewalk.scenario.provide import kept
from racewalk.scenario.words import Written
from racewalk.search.certificate import Certificate
from racewalk.words import Verdict

_FOLDER = "kept"


def digest(scenario: Scenario) -> str:
    """Return what tells whether a scenario says something else than it did."""
    return hashlib.sha256(repr(scenario.content).encode()).hexdigest()[:16]


class Keep:
    """The files of the races of one run.

    Args:
        scenario: whose races.
        options: what the run was asked, beside: another question has other files.
    """

    def __init__(self, scenario: Scenario, options: Any) -> None:
        self._folder = kept(scenario) / _FOLDER
        self._folder.mkdir(exist_ok=True)
        self._asked = (scenario.content, options)
        self._last: dict[str, Certificate] = {}

    def runs(self, race: Written) -> Path:
        """Return the file of the schedules that were run of a race."""
        asked = hashlib.sha256(repr((self._asked, race)).encode()).hexdigest()[:12]
        return self._folder / f"{slug(race.name)}-{asked}.runs"

    def has_begun(self, race: Written) -> bool:
        """Return whether schedules are kept of a race that was not explored to its end."""
        path = self.runs(race)
        return path.exists() and path.stat().st_size > 0

    def certificate(self, race: Written) -> Certificate | None:
        """Return what was found of a race that was explored to its end; or None."""
        # Of bytes that are damaged, or another version's, pickle raises nearly anything.
        with suppress(Exception):
            found = pickle.loads(self._done(race).read_bytes())  # noqa: S301 - our own file
            return found if isinstance(found, Certificate) else None
        return None

    def keep(self, race: Written, certificate: Certificate) -> None:
        """Keep what was found of a race, if it was explored to its end."""
        self._last[race.name] = certificate
        if certificate.exhausted:
            self._done(race).write_bytes(pickle.dumps(certificate))
            self.runs(race).unlink(missing_ok=True)

    def counterexample(
        self, scenario: Scenario, race: Written, requests: int
    ) -> tuple[Path | None, bool]:
        """Keep the smallest counterexample of a race that was explored, for `racewalk replay`.

        That of an earlier run is removed only where all schedules were seen, and none is unsafe.

        Args:
            scenario: where the race stands.
            race: which.
            requests: the first request as often as this; 0: those that are written.

        Returns:
            Its file, with a picture beside it, None where there is none; and whether it is of this
            run.
        """
        path = self._folder.parent / f"{slug(race.name)}.json"
        found = self._last.get(race.name)
        smallest = found.smallest if found else None
        if not found or not smallest:
            if found and found.verdict is Verdict.SAFE:
                story.forget(path)
            return (path if path.exists() else None), False
        where = {
            "file": str(scenario.path),
            "race": race.name,
            "requests": requests,
            "content": digest(scenario),
        }
        told = story_of(*smallest, found.differs)
        story.save(path, where, *smallest, story.render(told, race.name, told.ending))
        return path, True

    def forget(self, race: Written) -> None:
        """Begin anew with a race."""
        self._done(race).unlink(missing_ok=True)
        self.runs(race).unlink(missing_ok=True)

    def _done(self, race: Written) -> Path:
        return self.runs(race).with_suffix(".found")
