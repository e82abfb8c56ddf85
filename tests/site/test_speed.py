"""The table of what schedules cost: its figures are those of the walks."""

import time

import pytest

from docs.made import speed
from docs.made.named import cells
from docs.made.speed import Clock, Walk

TIMES = "\N{MULTIPLICATION SIGN}"


def test_the_table_tells_both_ways_and_how_much_faster_the_other_is() -> None:
    asked = Walk(20, 0, 4.0, {"application": 0.2, "explorer": 0.1, "PostgreSQL": 0.04})
    played = Walk(20, 15, 1.0, {"application": 0.02, "explorer": 0.05, "PostgreSQL": 0.03})
    lines = list(speed.table([(cells()["flask-no_lock-10"], asked, played)]))
    assert lines[1] == (
        "| Flask `no_lock` | 10.0 + 5.0 + 2.0 | 1.0 + 2.5 + 1.5 "
        f"| 5 → 20 | {TIMES}4.0 | 75 % of 20 |"
    )
    assert lines[-1].startswith(f"All 20 schedules together took 4.0 s and 1.0 s ({TIMES}4.00)")


def test_a_clock_tells_who_has_worked() -> None:
    clock = Clock()
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    worked = clock.read()
    assert worked["explorer"] == pytest.approx(0.1, abs=0.05)
    assert worked["PostgreSQL"] == 0
