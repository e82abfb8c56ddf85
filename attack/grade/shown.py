"""What a student is shown: a sentence, one counterexample, its picture, and where to step."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from attack.grade.exercises import Exercise
from attack.grade.reasons import INCONCLUSIVE, REASONS
from attack.grade.stop import Stop
from attack.grade.trial import Trial
from racewalk import Outcome, Run
from racewalk.story import Story, describe, forget, name, render, save, tell
from shared_db.paths import CHECKOUT, lab_folder

_ORDER: Final = CHECKOUT / "docs" / "lessons" / "order.toml"
_SOLVED: Final = "Solved: it holds in every order of two requests, and at full speed."


@dataclass(frozen=True)
class Graded:
    """What came of a grading.

    Attributes:
        exercise: its number.
        stack: 'flask' or 'django'.
        solved: whether the repair is accepted.
        reason: why not, an id of the fixed list; None where it is.
        said: the same for a person.
        counterexample: a schedule with what it did; None where none is needed.
        seconds: wall-clock time that it took.
        story: the counterexample, to be drawn; None without.
    """

    exercise: int
    stack: str
    solved: bool
    reason: str | None
    said: str
    counterexample: dict[str, Any] | None
    seconds: float
    story: Story | None = None
    held: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as it is written to a file."""
        return {
            "exercise": self.exercise,
            "stack": self.stack,
            "solved": self.solved,
            "reason": self.reason,
            "said": self.said,
            "held": list(self.held),
            "counterexample": self.counterexample,
            "seconds": round(self.seconds, 2),
        }

    @property
    def exit_code(self) -> int:
        """0 solved, 1 not, 3 where there is no verdict."""
        if self.solved:
            return 0
        return 3 if self.reason == INCONCLUSIVE else 1


def solved(
    exercise: Exercise, stack: str, user: str, seconds: float, held: Sequence[str]
) -> Graded:
    """Return that a repair is accepted, with what the explorer saw hold it."""
    _forget(_file(exercise, stack, user))
    return Graded(exercise.number, stack, True, None, _SOLVED, None, seconds, held=tuple(held))


def refused(exercise: Exercise, stack: str, user: str, stop: Stop, seconds: float) -> Graded:
    """Return that a repair is refused, keeping what shows it as a file and a picture."""
    fault = stop.fault
    said = " ".join(filter(None, (REASONS[fault.reason], fault.seen, stop.cause)))
    file, story = _file(exercise, stack, user), None
    _forget(file)
    example: dict[str, Any] | None = None
    if stop.run and stop.end and stop.trial:
        story = tell(stop.run, stop.end, stop.trial.column, said)
        picture = render(story, f"{exercise.title} ({stack}): {stop.trial.title}", said)
        where = {"exercise": exercise.number, "stack": stack, "trial": stop.trial.title}
        save(file, where, stop.run, stop.end, picture)
        example = _described(exercise, stack, stop.trial, stop.run, stop.end, story)
        example |= {"picture": str(file.with_suffix(".svg")), "can_be_stepped": stop.steps}
        if stop.page:
            _page(file).write_text(stop.page, encoding="utf-8")
            example["page"] = str(_page(file))
    elif stop.end and stop.trial:
        example = {"trial": stop.trial.title, "answers": list(stop.end.answers)}
        example["facts"] = stop.end.facts.plain()
    return Graded(exercise.number, stack, False, fault.reason, said, example, seconds, story)


def stepper(exercise: Exercise) -> str:
    """Return the lesson's page, on which the same can be stepped through, below docs."""
    order = tomllib.loads(_ORDER.read_text("utf-8"))["order"]
    return f"lessons/{order.index(exercise.lesson) + 1:02d}.html"


def _described(
    exercise: Exercise, stack: str, trial: Trial, run: Run, end: Outcome, story: Story
) -> dict[str, Any]:
    return {
        "trial": trial.title,
        "before": list(trial.before),
        "asked": [{"door": a.door, "user": a.user} | dict(a.fields) for a in trial.asks],
        "schedule": str(run.schedule),
        "preemptions": run.preemptions,
        "steps": [
            {"request": name(line.request), "text": line.text, "facts": [w for w, _ in line.facts]}
            for line in story.lines
        ],
        "outcome": describe(run, end)["outcome"],
        "stepper": stepper(exercise),
    }


def _page(file: Path) -> Path:
    return file.with_suffix(".html")


def _forget(file: Path) -> None:
    """Remove what an earlier grading left, so that it is not taken for this one's."""
    forget(file)
    _page(file).unlink(missing_ok=True)


def _file(exercise: Exercise, stack: str, user: str) -> Path:
    folder = lab_folder("grade", *([user] if user else []))
    return folder / f"{exercise.number:02d}-{stack}.json"
