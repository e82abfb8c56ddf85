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


def test_a_full_disk_is_told_in_one_line() -> None:
    full = store.Store(Path("/dev"))
    full.path = Path("/dev/full")
    with pytest.raises(LabError, match=r"/dev/full cannot be written: No space left on device"):
        full.append(trial("paid", balance=10, payouts=1))


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path) -> None:
    written = store.Store(tmp_path)
    trials = [trial("paid", balance=10, payouts=1), trial("refused", balance=20, payouts=0)]
    for each in trials:
        written.append(each)
    whole = written.path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(len(whole)):
        written.path.write_bytes(whole[:length])
        assert list(store.read(written.path)) == trials[: 1 if length >= first else 0]


@pytest.mark.parametrize("line", ["{}", "[]", "null", "nonsense", '{"stack": 1}', "[" * 5000])
def test_what_is_no_trial_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    written = store.Store(tmp_path)
    written.append(trial("paid", balance=10, payouts=1))
    with written.path.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(LabError, match=r"history\.jsonl, line 2, is no record of a run: [^\n]+$"):
        list(store.read(written.path))
