"""Recording what pages name, and holding what is kept against a fresh exploration."""

from collections.abc import Iterator

from attack.explore import recordings
from attack.explore.lanes import Lanes, locks, server
from docs.made.named import RECORDINGS, WITHOUT, named, unlocked
from racewalk.stepper.recording import read
from racewalk.whatif import Change
from shared_db.embedded import EmbeddedServer
from shared_db.errors import LabError
from shared_db.server import server_version

_LANES = 2
_SECONDS = 120.0


def record() -> None:
    """Record each cell that a page names, and drop every other recording.

    Raises:
        LabError: a cell could not be recorded.
    """
    wanted = named()
    RECORDINGS.mkdir(exist_ok=True)
    with server() as on:
        version = server_version(on.url(superuser=True, database="postgres"))
        with Lanes(on, _LANES) as crew:
            for found, recording in crew.record(list(wanted.values()), _SECONDS):
                if recording.graph is None:
                    raise LabError(f"{found.cell.title} was not recorded: {found.why}")
                recordings.keep(RECORDINGS, found.cell, recording, version)
        _record_unlocked(on, version)
    for folder, names in ((RECORDINGS, wanted), (WITHOUT, unlocked())):
        for file in folder.glob("*.json"):
            if file.stem not in names:
                file.unlink()


def record_unlocked() -> None:
    """Record those cells alone that are recorded without their lock too.

    Raises:
        LabError: a cell could not be recorded.
    """
    with server() as on:
        _record_unlocked(on, server_version(on.url(superuser=True, database="postgres")))


def _record_unlocked(on: EmbeddedServer, version: str) -> None:
    cells = list(unlocked().values())
    changes = _changes(on)
    WITHOUT.mkdir(exist_ok=True)
    with Lanes(on, _LANES) as crew:
        found = crew.record(cells, _SECONDS, changes=changes)
        for each, (exploration, recording) in zip(changes, found, strict=True):
            cell, text = exploration.cell, ", ".join(change.text for change in each)
            if recording.graph is None:
                raise LabError(f"{cell.title} without {text} was not recorded: {exploration.why}")
            recordings.keep(WITHOUT, cell, recording, version, text)


def _changes(on: EmbeddedServer) -> list[list[Change]]:
    """For each of those cells the lock that is taken away: its first one."""
    return [found[:1] for found in locks(on, list(unlocked().values()))]


def stale() -> Iterator[str]:
    """Yield the names of recordings that are missing, or are not what is explored today."""
    wanted, changed = named(), unlocked()
    with server() as on:
        changes = [*([()] * len(wanted)), *_changes(on)]
        files = [RECORDINGS / f"{name}.json" for name in wanted]
        files += [WITHOUT / f"{name}.json" for name in changed]
        with Lanes(on, _LANES) as crew:
            cells = [*wanted.values(), *changed.values()]
            found = crew.explore(cells, _SECONDS, changes=changes)
            for file, each in zip(files, found, strict=True):
                if not file.is_file() or read(file)["hash"] != each.certificate.hash:
                    yield str(file.relative_to(RECORDINGS).with_suffix(""))
