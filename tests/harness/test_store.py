"""Histories survive being written and read."""

from pathlib import Path

from attack import store
from tests.harness.builders import trial


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    trials = [
        trial("paid", "refused", "unknown", balance=10, payouts=1),
        trial("paid", "paid", balance=0, payouts=2),
    ]
    written = store.Store(tmp_path)
    for each in trials:
        written.append(each)
    assert list(store.read(written.path)) == trials
