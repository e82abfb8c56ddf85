"""PostgreSQL killed in mid-attack: nothing is paid twice, all recovers, and no pass is claimed."""

import threading
import time
from typing import Any

import pytest

from tests.compose.lab import STACKS, ComposedLab

pytestmark = pytest.mark.compose

# Enough that the kill falls into the salvo.
REQUESTS, AMOUNT = 600, 10


def _kill_in_mid_attack(lab: ComposedLab) -> None:
    deadline = time.monotonic() + 60
    while int(lab.query("SELECT count(*) FROM withdraw_logs")) < REQUESTS // 10:
        assert time.monotonic() < deadline, "the attack did not begin"
        time.sleep(0.1)
    lab.compose("kill", "postgres")
    time.sleep(2)
    lab.compose("start", "postgres")


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("slug", ["row_lock", "conditional_update"])
def test_a_killed_database(single: ComposedLab, slug: str, stack: str) -> None:
    single.attack("reset")
    result: list[tuple[int, list[dict[str, Any]], str]] = []
    salvo = ("--requests", str(REQUESTS), "--start", str(REQUESTS * AMOUNT), "--trials", "2")
    what = ("--stack", stack, "--strategy", slug, "--technique", "burst")
    attack = threading.Thread(target=lambda: result.append(single.fire(*what, *salvo)))
    attack.start()
    _kill_in_mid_attack(single)
    attack.join()

    ((code, (cell,), output),) = result
    assert code == 3, output
    assert cell["verdict"] == "unknown", output
    assert cell["exploited_trials"] == 0, "an invariant broke"
    first, second = cell["payouts"]
    assert 0 < first < REQUESTS
    assert second == REQUESTS, "the trial after the restart has to be a whole one"
