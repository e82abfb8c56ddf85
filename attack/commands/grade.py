"""attack grade: a repair of an exercise, graded; its sentence, its picture, its exit code."""

import json
import re
from pathlib import Path

import click
from rich.console import Console

from attack.commands.options import NewFile
from attack.grade import shown, workbook
from attack.grade.exercises import HINTS, STACKS, Exercise, exercise, exercises
from attack.grade.grader import grade
from attack.grade.lane import Lane, server
from attack.grade.shown import Graded
from attack.grade.task import Task
from attack.report.console import console
from racewalk.story import draw
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT

_NUMBER = click.IntRange(1, 99)


@click.command("grade")
@click.argument("number", type=_NUMBER, metavar="N")
@click.option("--stack", type=click.Choice(STACKS), required=True, help="Which one was repaired.")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
    help="The repair. Default: your copy in work/.",
)
@click.option("--json", "json_file", type=NewFile(), help="Also write the verdict to this file.")
@click.option("--watch", is_flag=True, help="Grade again each time the file is saved.")
@click.option(
    "--page",
    is_flag=True,
    help="Also record the race that it fails in, and write a page to step through all its orders.",
)
@click.option("--seed", type=click.IntRange(0), help="Of amounts and balances, to see them again.")
@click.option(
    "--room",
    type=click.Choice(("required", "possible", "none")),
    default="possible",
    show_default=True,
    help="Whether the repair has to run where it reaches nothing but the database; "
    "'required' is for a machine that others use too.",
)
@click.pass_context
def grade_command(
    ctx: click.Context,
    number: int,
    stack: str,
    path: Path | None,
    json_file: Path | None,
    watch: bool,
    page: bool,
    seed: int | None,
    room: str,
) -> None:
    """Grade the repair of exercise N.

    What is told is the first failure, with an order of statements that shows it.

    Exit code 0: solved; 1: not; 2: bad usage or input; 3: no verdict.
    """
    task_exercise, output = exercise(number), console()
    file = path or workbook.own_file(task_exercise, stack)
    task = Task(task_exercise, stack, file, room=room, page=page, seed=seed)  # type: ignore[arg-type]
    with output.status("Starting PostgreSQL ...") as status, server() as url:
        lane = Lane(url)
        while True:
            seen = workbook.saved_at(file)
            graded = grade(task, lane, lambda words: status.update(f"Trying: {words}"))
            tell(task_exercise, graded, output)
            _write(json_file, graded)
            if path is None:
                workbook.remember(task_exercise, graded)
            if not watch:
                break
            output.print(f"Waiting for you to save {_short(file)}; Ctrl-C ends it.", style="dim")
            status.update("Waiting for the file to be saved")
            workbook.wait_for_change(file, seen)
    ctx.exit(graded.exit_code)


def tell(task: Exercise, graded: Graded, output: Console) -> None:
    """Print what came of a grading."""
    output.print()
    head = f"Exercise {task.number}, {graded.stack}"
    if graded.solved:
        output.print(f"{head}: solved in {graded.seconds:.0f} s.", style="bold green")
        output.print(f"{graded.said}\n", highlight=False)
        output.print("What held it", style="bold")
        for sentence in graded.held:
            output.print(sentence, highlight=False, markup=False)
        output.print("\nOne way that works", style="bold")
        output.print(" ".join(task.holds.split()), highlight=False)
        output.print("\nWhat others tried", style="bold")
        for other in task.others:
            output.print(f"- {other.what}: {other.came}", highlight=False, markup=False)
        after = f" N={task.number + 1}" if task.number < len(exercises()) else ""
        output.print(f"\nNext: make exercise{after}", highlight=False)
        return
    _tell_refused(task, graded, output)
    output.print(f"\n{_next_step(task, graded.stack)}", highlight=False)


def _tell_refused(task: Exercise, graded: Graded, output: Console) -> None:
    head = f"Exercise {task.number}, {graded.stack}"
    word = "no verdict" if graded.exit_code == 3 else "not yet"
    output.print(f"{head}: {word} ({graded.reason}).", style="bold red")
    example = graded.counterexample or {}
    if not graded.story:
        output.print(graded.said, highlight=False, markup=False)
    else:  # which has the same words below it, where one looks last
        output.print()
        draw(graded.story, str(example.get("trial", "")), output)
    if picture := example.get("picture"):
        output.print(f"As a picture: {_short(Path(picture))}", highlight=False)
        if page := example.get("page"):
            output.print(f"To step through: {_short(Path(page))}", highlight=False)
        elif example.get("can_be_stepped"):
            again = f"make grade N={task.number} STACK={graded.stack} PAGE=1"
            output.print(f"A page to step through it: {again}", highlight=False)
        output.print(
            f"Its lesson: docs/_build/html/{shown.stepper(task)} (make docs)", highlight=False
        )


def _next_step(task: Exercise, stack: str) -> str:
    """Return what to do after a failure: the next hint, and how to grade again."""
    number = workbook.hints_taken(task) + 1
    again = f"Grade again: make grade N={task.number} STACK={stack}"
    if number > HINTS:
        return f"Begin anew: make exercise RESET={task.number}\n{again}"
    return f"Hint {number} of {HINTS}: make exercise N={task.number} HINT={number}\n{again}"


def _write(file: Path | None, graded: Graded) -> None:
    if file is None:
        return
    try:
        file.write_text(json.dumps(graded.to_json(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}") from None


def _short(path: Path) -> str:
    return str(path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path)


@click.command("exercise")
@click.argument("number", type=_NUMBER, metavar="[N]", required=False)
@click.option("--hint", type=click.IntRange(1, 3), help="Show a hint: 1 to 3, each tells more.")
@click.option("--reset", is_flag=True, help="Begin anew: your own file is put aside.")
def exercise_command(number: int | None, hint: int | None, reset: bool) -> None:
    """Begin exercise N, or list them all.

    It lays a copy to repair into work/, and says what to do.
    """
    output = console()
    if number is None:
        _list(output)
        return
    task = exercise(number)
    if hint:
        output.print(
            f"Hint {hint} of 3: {workbook.hint(task, hint)}", highlight=False, markup=False
        )
        return
    folder = workbook.lay_out(task, anew=reset)
    output.print(flowing(workbook.story(task)), highlight=False, markup=False)
    output.print(
        f"Your copy: {_short(folder)}/flask.py and {_short(folder)}/django.py; one is "
        f"enough. About {task.minutes} minutes.",
        highlight=False,
    )
    output.print(f"Grade it:  make grade N={number} STACK=flask    (WATCH=1 grades on each save)")
    output.print(f"A hint:    make exercise N={number} HINT=1    (then 2, then 3)")
    output.print(f"Anew:      make exercise RESET={number}")


def flowing(text: str) -> str:
    """Return a text whose paragraphs are one line each, for a terminal of any width."""
    return re.sub(r"(?<=\S)\n *(?=[^\s#|-])", " ", text)


def _list(output: Console) -> None:
    for task in exercises():
        done = workbook.solved(task)
        mark = f"solved in {' and '.join(done)}" if done else ""
        output.print(
            f"{task.number:3} {task.title:44} {task.minutes:3} min  {mark}".rstrip(),
            highlight=False,
        )
    output.print("\nBegin with: make exercise N=1", highlight=False)
