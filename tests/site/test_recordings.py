"""What the steppers show is what the applications do: each recording against the code of today."""

import gzip
import json
from functools import cache
from pathlib import Path

import pytest

from docs.made import pages, recordings
from docs.made.named import RECORDINGS as FOLDER
from docs.made.named import WITHOUT, named, unlocked
from racewalk.stepper.recording import Recording, read
from shared_db.paths import CHECKOUT

RECORDINGS = sorted(FOLDER.glob("*.json"))
KIB = 1024


@cache
def recording(file: Path) -> Recording:
    """Return a recording, read once."""
    return read(file)


def test_what_pages_name_is_recorded_and_nothing_else() -> None:
    assert {file.stem for file in RECORDINGS} == {*named()}


def test_a_page_that_names_what_cannot_be_recorded_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("docs.made.named.by_the_site", lambda: {"flask-no_such-10"})
    with pytest.raises(KeyError, match="no_such"):
        named()


def test_recordings_are_named_for_what_they_are() -> None:
    for file in RECORDINGS:
        said, cell = recording(file)["cell"], named()[file.stem]
        assert said["title"] == cell.title
        assert (said["stack"], said["start"]) == (cell.stack, cell.start)


def test_recordings_are_small() -> None:
    packed = sum(len(gzip.compress(file.read_bytes())) for file in RECORDINGS)
    assert packed < 200 * KIB


def test_what_waits_is_recorded_without_its_lock_too() -> None:
    files = sorted(WITHOUT.glob("*.json"))
    assert {file.stem for file in files} == {*unlocked()}
    for file in files:
        locked, free = (recording(each) for each in (FOLDER / file.name, file))
        assert (locked["certificate"]["unsafe"], free["certificate"]["unsafe"] > 0) == (0, True)
        assert free["cell"]["without"] in free["cell"]["title"]
    packed = sum(len(gzip.compress(file.read_bytes())) for file in files)
    assert packed < 40 * KIB


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_the_code_that_a_stepper_shows_is_the_code(file: Path) -> None:
    assert recording(file)["sources"]
    for source in recording(file)["sources"]:
        lines = (CHECKOUT / source["file"]).read_text("utf-8").splitlines()
        for number, text in source["lines"]:
            assert lines[number - 1] == text, source["file"]


def test_the_pages_of_the_applications_are_made_from_them() -> None:
    made = dict(pages.pages())
    assert pages.kept() == made.keys()
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"{path.name} is old: make pages"


@pytest.mark.acceptance
def test_an_exploration_of_today_has_the_hash_that_was_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And one that differs is told: one of the recordings is spoilt on purpose."""
    for file in RECORDINGS:
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / WITHOUT.name).mkdir()
    for file in WITHOUT.glob("*.json"):
        (tmp_path / WITHOUT.name / file.name).symlink_to(file)
    spoilt, missing = "flask-no_lock-10", "django-no_lock-10"
    (tmp_path / f"{missing}.json").unlink()
    (tmp_path / f"{spoilt}.json").unlink()
    other = recording(RECORDINGS[0].with_name(f"{spoilt}.json")) | {"hash": "0" * 64}
    (tmp_path / f"{spoilt}.json").write_text(json.dumps(other), "utf-8")
    other = json.loads((WITHOUT / "flask-row_lock-10.json").read_text("utf-8")) | {"hash": "0" * 64}
    (tmp_path / "without/flask-row_lock-10.json").unlink()
    (tmp_path / "without/flask-row_lock-10.json").write_text(json.dumps(other), "utf-8")
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path)
    monkeypatch.setattr(recordings, "WITHOUT", tmp_path / WITHOUT.name)
    assert set(recordings.stale()) == {spoilt, missing, "without/flask-row_lock-10"}
