"""A bench that is cut short keeps what was measured, and leaves nothing behind."""

import json
import os
import signal
import time
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from attack.bench.accounts import FIRST_ID
from tests.stacks.conftest import OwnLab

pytestmark = pytest.mark.acceptance

LOAD = ("--clients", "4", "--accounts", "5", "--seconds", "2", "--rounds", "9")
BENCH = ("bench", "--strategy", "row_lock", *LOAD)
_COUNT = 'SELECT count(*) FROM "user" WHERE id >= %s'
_PAID = "SELECT count(*) FROM withdraw_logs WHERE user_id >= %s AND stack IS NOT NULL"


def database_url(lab: OwnLab) -> str:
    """Return the address of the lab's database, of which the keeper keeps a note."""
    return str(json.loads((lab.folder / "state.json").read_text())["database_url"])


def wait_until_it_measures(lab: OwnLab, process: Popen[str]) -> None:
    """Return once clients have been paid for a while."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
        try:
            with psycopg.connect(database_url(lab)) as connection:
                row = connection.execute(_PAID, (FIRST_ID,)).fetchone()
        except (OSError, ValueError, psycopg.Error):
            continue  # not yet there
        # More than the single request whose SQL is overheard.
        if row and int(str(row[0])) > 10:
            return
    raise AssertionError(f"it never measured: {process.communicate()}")


def test_ctrl_c_shows_and_writes_what_was_measured(own_lab: OwnLab, tmp_path: Path) -> None:
    assert own_lab.run("up").returncode == 0
    file = tmp_path / "bench.json"
    process = own_lab.start(*BENCH, "--json", str(file))
    wait_until_it_measures(own_lab, process)
    os.kill(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.strip()) == (130, "overdraft: stopped")
    assert "page without a database" in output
    pages = json.loads(file.read_text())["pages"]
    assert pages
    assert all(page["requests"] > 0 for page in pages)
    with psycopg.connect(database_url(own_lab)) as connection:
        assert connection.execute(_COUNT, (FIRST_ID,)).fetchone() == (0,)
    assert own_lab.run("down").returncode == 0


def test_kill_9_leaves_nothing_running(own_lab: OwnLab) -> None:
    process = own_lab.start(*BENCH, "--load-workers", "2")
    wait_until_it_measures(own_lab, process)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while own_lab.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert own_lab.processes() == []
