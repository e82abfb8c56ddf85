"""What the steppers show is what the applications do: each recording against the code of today."""

import gzip
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from attack.explore.cells import Cell, Users, plan
from attack.explore.lanes import Lanes, server
from attack.explore.recordings import file_name
from racewalk.stepper.recording import Recording, read
from shared_db.catalogue import strategies
from shared_db.paths import CHECKOUT
from tests.conftest import STACKS
from tests.site.commands import DOCS

RECORDINGS = sorted((DOCS / "recordings").glob("*.json"))
# As docs/extension/stepper.py reads it.
NAMED = re.compile(r"^```\{stepper\} (?P<cell>\S+)\n(?::start: (?P<start>\d+)\n)?", re.MULTILINE)
STARTS = (10, 20)
KIB = 1024


@cache
def recording(file: Path) -> Recording:
    """Return a recording, read once."""
    return read(file)


def cells() -> dict[str, Cell]:
    """Return what can be recorded, of one user and of two, by the file's name."""
    users: tuple[Users, ...] = get_args(Users)
    return {
        file_name(cell): cell
        for start in STARTS
        for whose in users
        for cell in plan(STACKS, strategies(), 2, None, start, whose)
    }


def test_what_pages_name_is_recorded_and_nothing_else() -> None:
    named = {
        f"{found['cell']}-{found['start'] or 10}.json"
        for page in DOCS.rglob("*.md")
        for found in NAMED.finditer(page.read_text("utf-8"))
    }
    assert {file.name for file in RECORDINGS} == named


def test_recordings_are_named_for_what_they_are() -> None:
    known = cells()
    for file in RECORDINGS:
        said = recording(file)["cell"]
        assert said["title"] == known[file.name].title
        assert (said["stack"], said["start"]) == (known[file.name].stack, known[file.name].start)


def test_recordings_are_small() -> None:
    packed = sum(len(gzip.compress(file.read_bytes())) for file in RECORDINGS)
    assert packed < 200 * KIB


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_the_code_that_a_stepper_shows_is_the_code(file: Path) -> None:
    assert recording(file)["sources"]
    for source in recording(file)["sources"]:
        lines = (CHECKOUT / source["file"]).read_text("utf-8").splitlines()
        for number, text in source["lines"]:
            assert lines[number - 1] == text, source["file"]


@pytest.mark.acceptance
def test_an_exploration_of_today_has_the_hash_that_was_recorded() -> None:
    known = cells()
    with server() as on, Lanes(on, 2) as crew:
        found = list(crew.explore([known[file.name] for file in RECORDINGS], seconds=60))
    hashes = {file_name(each.cell): each.certificate.hash for each in found}
    assert hashes == {file.name: recording(file)["hash"] for file in RECORDINGS}
