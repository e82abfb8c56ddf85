"""A student's copy: laid out once, hints in order, put aside and never lost."""

from pathlib import Path

import pytest

from attack.grade import workbook
from attack.grade.exercises import exercise
from attack.grade.shown import Graded
from shared_db.errors import LabError

TASK = exercise(1)


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a work folder of one's own."""
    monkeypatch.setattr(workbook, "WORK", tmp_path / "work")
    monkeypatch.setattr(workbook, "CHECKOUT", tmp_path)
    return tmp_path / "work"


def graded(*, solved: bool) -> Graded:
    """Return a verdict."""
    return Graded(1, "flask", solved, None if solved else "pays_twice", "", None, 1.0)


def test_what_was_begun_stays() -> None:
    file = workbook.lay_out(TASK) / "flask.py"
    file.write_text("mine")

    workbook.lay_out(TASK)

    assert file.read_text() == "mine"


def test_nothing_of_the_answer_is_laid_out() -> None:
    folder = workbook.lay_out(TASK)

    assert {file.name for file in folder.iterdir()} == {"flask.py", "django.py", "README.md"}


def test_beginning_anew_puts_it_aside() -> None:
    file = workbook.lay_out(TASK) / "flask.py"
    workbook.remember(TASK, graded(solved=True))
    for text in ("first", "second"):
        file.write_text(text)
        workbook.lay_out(TASK, anew=True)

    assert file.read_text() == TASK.repair("flask").read_text()
    assert file.with_name("flask.before-1.py").read_text() == "first"
    assert file.with_name("flask.before-2.py").read_text() == "second"
    assert workbook.solved(TASK) == []


def test_hints_come_in_order() -> None:
    with pytest.raises(LabError, match="HINT=1"):
        workbook.hint(TASK, 2)

    assert [workbook.hint(TASK, number) for number in (1, 2, 1, 3)] == [
        TASK.hints[each] for each in (0, 1, 0, 2)
    ]


def test_progress_is_kept() -> None:
    workbook.lay_out(TASK)
    workbook.remember(TASK, graded(solved=True))
    workbook.remember(TASK, graded(solved=False))

    assert workbook.solved(TASK) == ["flask"]


def test_progress_that_cannot_be_read_is_none(work: Path) -> None:
    workbook.lay_out(TASK)
    (work / "progress.json").write_text("[not json")

    assert workbook.solved(TASK) == []


def test_who_has_not_begun_is_told_how() -> None:
    with pytest.raises(LabError, match="make exercise N=1"):
        workbook.own_file(TASK, "django")
