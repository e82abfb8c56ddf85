"""Saved schedules: what is read is what was written, and every difference is found."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attack.explore import schedule_file
from attack.explore.cells import Cell, plan
from racewalk import DivergenceError, Facts, Outcome, Run
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from support.stories import race

CELL = {"stack": "flask", "strategy": "no_lock", "case": "", "requests": 2, "workers": 2}
CELL |= {"start": 10, "users": 1}


@pytest.fixture
def cell() -> Cell:
    """Return two users before the second case of a strategy that has two."""
    (strategy,) = (each for each in strategies() if each.slug == "process_lock")
    return list(plan(["django"], [strategy], 2, None, 30, "each"))[1]


@pytest.fixture
def path(tmp_path: Path, cell: Cell) -> Path:
    """Save the race."""
    schedule_file.save(tmp_path / "race.json", cell, *race())
    return tmp_path / "race.json"


def test_what_is_read_is_what_was_written(path: Path, cell: Cell) -> None:
    saved = schedule_file.load(path)
    assert saved.cell == cell
    assert str(saved.saved.schedule) == "AABABA"
    saved.saved.compare(*race())


def test_a_file_is_named_after_its_cell(cell: Cell) -> None:
    assert schedule_file.path_of(cell).name == "django-process_lock-2-workers-2-users-start-30.json"


def other_step(run: Run, outcome: Outcome) -> tuple[Run, Outcome]:
    """Let the last step fail."""
    steps = (*run.steps[:-1], replace(run.steps[-1], error="40001"))
    return replace(run, steps=steps), outcome


def no_last_step(run: Run, outcome: Outcome) -> tuple[Run, Outcome]:
    """Drop the last step."""
    return replace(run, steps=run.steps[:-1]), outcome


def other_choice(run: Run, outcome: Outcome) -> tuple[Run, Outcome]:
    """Let fewer be enabled."""
    choices = (replace(run.choices[0], enabled=(0,)), *run.choices[1:])
    return replace(run, choices=choices), outcome


def other_end(run: Run, outcome: Outcome) -> tuple[Run, Outcome]:
    """Let the balance differ."""
    return run, replace(outcome, facts=Facts((("balance", 10),)))


def fewer_choices(run: Run, outcome: Outcome) -> tuple[Run, Outcome]:
    """Choose less often."""
    return replace(run, choices=run.choices[:-1]), outcome


CHANGES = [other_step, no_last_step, other_choice, other_end, fewer_choices]


@pytest.mark.parametrize("change", CHANGES)
def test_every_difference_is_a_divergence(path: Path, change: Any) -> None:
    with pytest.raises(DivergenceError, match=r"another|otherwise"):
        schedule_file.load(path).saved.compare(*change(*race()))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"scenario": {}},
        {"scenario": CELL | {"strategy": "none"}},
        {"scenario": CELL | {"stack": "rails"}},
        {"scenario": CELL | {"stack": ["flask"]}},
        {"scenario": CELL | {"requests": 0}},
        {"scenario": CELL | {"requests": 900}},
        {"scenario": CELL | {"workers": 7}},
        {"scenario": CELL | {"start": 9}},
        {"scenario": CELL | {"start": None}},
        {"scenario": CELL | {"users": 0}},
        {"scenario": CELL | {"users": 3}},
        {"schedule": "a"},
        {"schedule": "ABC"},
        {"schedule": [0, 1]},
        {"schedule": 5},
        {"seen": {}},
        {"seen": []},
        {"seen": {"steps": None, "choices": [], "outcome": {}}},
    ],
)
def test_what_is_no_schedule_is_refused_in_one_line(path: Path, change: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(LabError, match="is no saved schedule"):
        schedule_file.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\0", "null", "[" * 200_000])
def test_nor_is_anything_else(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(LabError, match="is no saved schedule"):
        schedule_file.load(path)
    path.unlink()
    with pytest.raises(LabError, match="cannot be read"):
        schedule_file.load(path)
