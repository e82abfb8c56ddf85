"""Three instances of each stack behind the proxy: what holds across processes, and what not."""

from collections import Counter
from statistics import mean

import pytest

from shared_db.catalogue import strategies
from tests.compose.lab import STACKS, ComposedLab

pytestmark = pytest.mark.compose

INSTANCES = 3
# Those of the catalogue that wait for, or write to, what all instances share.
DEFENCES = [entry.slug for entry in strategies() if entry.kind == "defence"]


def test_the_load_is_shared(scaled: ComposedLab) -> None:
    scaled.fire("--strategy", "row_lock", "--trials", "2")
    log = scaled.compose("logs", "--no-log-prefix", "--no-color", "proxy")
    served = Counter(line.split()[0] for line in log.splitlines() if " POST /withdraw" in line)
    assert len(served) == INSTANCES * len(STACKS)
    assert min(served.values()) > 0.5 * mean(served.values())


def test_the_defences_hold_across_instances(scaled: ComposedLab) -> None:
    code, cells, output = scaled.fire("--strategy", ",".join(DEFENCES), "--trials", "3")
    assert code == 0, output
    assert {cell["verdict"] for cell in cells} == {"held"}
    assert "http://proxy:8001" in output


def test_no_lock_still_pays_twice(scaled: ComposedLab) -> None:
    code, cells, output = scaled.fire("--strategy", "no_lock", "--trials", "3")
    assert code == 0, output
    assert {cell["verdict"] for cell in cells} == {"exploited"}


def test_a_lock_inside_one_process_does_not_hold_across_instances(scaled: ComposedLab) -> None:
    code, cells, output = scaled.fire("--strategy", "process_lock", "--trials", "5")
    # One worker is enough for the catalogue; it is not where there are three of them.
    assert code == 1, output
    verdicts = {cell["stack"]: cell["verdict"] for cell in cells if cell["workers"] == 1}
    assert verdicts == dict.fromkeys(STACKS, "exploited"), output
