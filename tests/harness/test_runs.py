"""A run is kept as it goes, and read again: whole, cut short, or refused in one line."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attack.runs import read
from attack.runs.keep import Run
from attack.runs.records import BENCH, CERTIFICATES, FORMAT, HEAD, VERDICTS
from attack.store import HISTORY
from attack.verdicts import Conclusion
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from tests.harness.builders import trial

SETTINGS = {"fire": {"stacks": ["flask"], "requests": 2}}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a run of two trials that has come to its end."""
    run = Run.begin(SETTINGS, ["no_lock"], "18.1", tmp_path / "runs")  # type: ignore[arg-type]
    run.store.append(trial("paid", "paid", balance=10, payouts=2))
    run.store.append(trial("paid", "refused", balance=10, payouts=1))
    run.concluded("fire", Conclusion(()), [])
    return run


def refused(folder: Path) -> str:
    """Return the one line with which a folder is refused."""
    with pytest.raises(LabError) as raised:
        read.load(folder)
    line = str(raised.value)
    assert "\n" not in line
    return line


def test_a_run_is_read_as_it_was_kept(run: Run) -> None:
    kept = read.load(run.folder)
    assert [each.ledger.payouts for each in kept.trials] == [2, 1]
    assert kept.head.settings["fire"]["requests"] == 2
    assert kept.head.versions["PostgreSQL"] == "18.1"
    assert not kept.cut_short
    assert {row.slug for row in kept.head.rows} == {each.slug for each in strategies()}


def test_the_source_is_kept_as_it_ran(run: Run) -> None:
    sources = read.load(run.folder).sources
    for stack in ("flask", "django"):
        file = CHECKOUT / f"{stack}_app" / "strategies" / "row_lock.py"
        assert sources[stack, "row_lock"] == file.read_text()


def test_runs_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    folders = {Run.begin({}, [], "", tmp_path).folder for _ in range(3)}
    assert len(folders) == 3
    assert set(read.names(tmp_path)) == folders


def test_what_was_kept_is_read_wherever_the_run_was_cut_short(run: Run) -> None:
    (run.folder / VERDICTS).unlink()
    path = run.folder / HISTORY
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    kept = read.load(run.folder)
    assert kept.cut_short
    assert len(kept.trials) == 1
    path.unlink()
    assert not read.load(run.folder).trials


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).endswith("holds no run: it is empty")
    (tmp_path / "a file").touch()
    assert refused(tmp_path).endswith(f"holds no run: it has no {HEAD}")


def test_another_versions_run_is_refused(run: Run) -> None:
    head = json.loads((run.folder / HEAD).read_text())
    (run.folder / HEAD).write_text(json.dumps(head | {"format": "overdraft run 2"}))
    assert "was written by another version: its format is 'overdraft run 2'" in refused(run.folder)
    (run.folder / HEAD).write_text(json.dumps(head | {"format": "something"}))
    assert "is no run of this lab" in refused(run.folder)


NO_OBJECT = ["", "{", "[]", "null", '"x"', "[" * 9999]
NO_HEAD = ["{}", '{"format": 1}', json.dumps({"format": FORMAT})]


@pytest.mark.parametrize(
    ("name", "text"),
    [(name, text) for name in (HEAD, VERDICTS, BENCH) for text in NO_OBJECT]
    + [(HEAD, text) for text in NO_HEAD],
)
def test_a_truncated_file_and_somebody_elses_json_are_refused(
    run: Run, name: str, text: str
) -> None:
    (run.folder / name).write_text(text)
    assert name in refused(run.folder)


def test_bytes_that_are_no_text_are_refused(run: Run) -> None:
    for name in (HEAD, VERDICTS, HISTORY):
        copy = run.folder.with_name(f"{name}-copy")
        shutil.copytree(run.folder, copy)
        (copy / name).write_bytes(b"\xff\xfe\x00\n" * 3)
        assert name in refused(copy)


def test_a_trial_of_what_the_run_does_not_know_is_refused(run: Run) -> None:
    foreign = replace(trial("paid", balance=10, payouts=1), strategy="somebody_elses")
    run.store.append(foreign)
    assert "line 3, is no trial of what this run was to attack" in refused(run.folder)


@pytest.mark.parametrize("change", [{"amount": 0}, {"start": 10**400}, {"stack": "rails"}])
def test_a_trial_that_cannot_have_been_is_refused(run: Run, change: dict[str, Any]) -> None:
    run.store.append(replace(trial("paid", balance=10, payouts=1), **change))
    assert "line 3, is no trial" in refused(run.folder)


def test_half_a_character_is_refused(run: Run) -> None:
    run.store.append(replace(trial("paid", balance=10, payouts=1), technique="\ud800"))
    assert "line 3, is no record of a run" in refused(run.folder)


def test_a_certificate_of_somebody_else_is_refused(run: Run) -> None:
    (run.folder / CERTIFICATES).write_text('{"stack": "flask"}\n')
    assert f"{CERTIFICATES}, line 1, is no record of a run" in refused(run.folder)


def test_a_full_disk_leaves_what_was_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (run.folder / VERDICTS).read_bytes()

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(LabError, match="cannot be written: No space left on device"):
            run.concluded("explore", Conclusion(()), [])
    assert (run.folder / VERDICTS).read_bytes() == before
    assert len(read.load(run.folder).trials) == 2


def test_a_run_is_found_by_its_name_and_by_its_path(run: Run) -> None:
    runs = run.folder.parent
    assert read.find(run.folder.name, runs) == run.folder
    assert read.find(str(run.folder), Path("/nowhere")) == run.folder
    with pytest.raises(LabError, match=f"there is no run 1999: the last is {run.folder.name}"):
        read.find("1999", runs)
    with pytest.raises(LabError, match="there is no run 1999: none is kept yet"):
        read.find("1999", Path("/nowhere"))
