"""Histories survive being written and read."""

from pathlib import Path

import pytest

from attack import store
from shared_db.errors import LabError
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


def test_where_nothing_can_be_written_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, not a folder")
    with pytest.raises(LabError, match=r"runs/.* cannot be written: File exists"):
        store.Store(tmp_path / "runs").append(trial("paid", balance=10, payouts=1))
