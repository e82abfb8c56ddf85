"""Recording what pages name, and holding what is kept against a fresh exploration."""

from collections.abc import Iterator

from attack.explore import recordings
from attack.explore.lanes import Lanes, server
from docs.made.named import RECORDINGS, named
from racewalk.stepper.recording import read
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
    with server() as on, Lanes(on, _LANES) as crew:
        version = server_version(on.url(superuser=True, database="postgres"))
        for found, recording in crew.record(list(wanted.values()), _SECONDS):
            if recording.graph is None:
                raise LabError(f"{found.cell.title} was not recorded: {found.why}")
            recordings.keep(RECORDINGS, found.cell, recording, version)
    for file in RECORDINGS.glob("*.json"):
        if file.stem not in wanted:
            file.unlink()


def stale() -> Iterator[str]:
    """Yield the names of recordings that are missing, or are not what is explored today."""
    wanted = named()
    with server() as on, Lanes(on, _LANES) as crew:
        found = crew.explore(list(wanted.values()), _SECONDS)
        for name, each in zip(wanted, found, strict=True):
            file = RECORDINGS / f"{name}.json"
            if not file.is_file() or read(file)["hash"] != each.certificate.hash:
                yield name
