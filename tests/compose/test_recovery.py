"""PostgreSQL killed in mid-attack: nothing is paid twice, all recovers, and no pass is claimed."""

import json
import time
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from tests.compose.lab import STACKS, ComposedLab

pytestmark = pytest.mark.compose

DEFENCES = ("row_lock", "conditional_update")
# Enough that the kill falls into the salvo.
REQUESTS, AMOUNT = 1000, 10


def kill_in_mid_attack(lab: ComposedLab, attack: Popen[str]) -> None:
    """Kill PostgreSQL when a salvo has begun, and start it again."""
    deadline = time.monotonic() + 120
    with psycopg.connect(lab.database_url(), autocommit=True) as connection:
        while connection.execute("SELECT id FROM withdraw_logs LIMIT 1").fetchone() is None:
            assert attack.poll() is None, f"the attack ended: {attack.communicate()}"
            assert time.monotonic() < deadline, "the attack did not begin"
            time.sleep(0.01)
    lab.compose("kill", "postgres")
    time.sleep(2)
    lab.compose("start", "postgres")


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("slug", DEFENCES)
def test_a_killed_database(single: ComposedLab, tmp_path: Path, slug: str, stack: str) -> None:
    single.attack("reset")
    file = tmp_path / "killed.json"
    salvo = ("--requests", str(REQUESTS), "--start", str(REQUESTS * AMOUNT), "--trials", "1")
    what = ("--stack", stack, "--strategy", slug, "--technique", "burst", "--json", str(file))
    attack = single.start("fire", *what, *salvo)
    kill_in_mid_attack(single, attack)
    output, _ = attack.communicate()

    assert attack.returncode == 3, output
    (cell,) = json.loads(file.read_text())["cells"]
    assert cell["verdict"] == "unknown", output
    assert cell["exploited_trials"] == 0, f"an invariant broke: {output}"
    assert 0 < cell["payouts"][0] < REQUESTS, output


def test_the_stacks_have_recovered(single: ComposedLab) -> None:
    code, _, output = single.fire("--strategy", ",".join(DEFENCES), "--trials", "2")
    assert code == 0, output
