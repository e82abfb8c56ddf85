"""Two labs on the same ports that start together: one attacks, the other one is told of it."""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks.conftest import OwnLab

pytestmark = pytest.mark.acceptance

STARTS = 20
ATTACK = ("fire", "--strategy", "no_lock,row_lock", "--trials", "1")


@pytest.fixture(scope="module")
def neighbour(own_lab: OwnLab) -> Iterator[OwnLab]:
    """Return a second lab that is to have the ports of the first."""
    folder = Path(tempfile.mkdtemp(prefix="overdraft-"))
    folder.chmod(0o755)
    lab = dataclasses.replace(
        own_lab, folder=folder, environment=own_lab.environment | {"OVERDRAFT_LAB": str(folder)}
    )
    yield lab
    assert lab.processes() == []
    shutil.rmtree(folder)


@pytest.mark.parametrize("start", range(STARTS))
def test_no_verdict_is_wrong(own_lab: OwnLab, neighbour: OwnLab, start: int) -> None:
    # Whoever is started first is not always the first to ask for the ports.
    labs = (own_lab, neighbour) if start % 2 else (neighbour, own_lab)
    running = [(lab, lab.start(*ATTACK)) for lab in labs]
    ended = {}
    for lab, process in running:
        output, errors = process.communicate(timeout=180)
        ended[process.returncode] = (lab, output, errors)
    assert set(ended) == {0, 2}, ended
    winner, output, errors = ended[0]
    assert "overdraft: exit 0 (4 as expected, 0 not, 0 inconclusive)" in output
    assert errors == ""
    _, output, errors = ended[2]
    assert output == ""
    port = winner.environment["FLASK_PORT"]
    assert errors.startswith(f"overdraft: port {port} is in use by the lab in {winner.folder}: ")
    assert errors.count("\n") == 1
