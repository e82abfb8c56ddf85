"""The board's page, its two tables as CSV, and the one thing that it can do: a reset."""

import csv
import io
import secrets
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from attack.counting import counted
from attack.stacks import state as stacks_state
from classroom import results
from classroom.desk import state
from classroom.questions import RIGHT, questions
from classroom.queue import Queue
from classroom.reset import reset as reset_accounts
from docs.extension.beliefs import misconceptions
from shared_db.errors import LabError

bp = Blueprint("board", __name__)
SWITCHES = ("names", "answers")
"""What is off until somebody switches it on: the board may be on the projector."""
_EVERY_S = 10


@bp.get("/")
def index() -> str:
    """Show the votes and each student's results; of names and answers what is switched on."""
    queue, students = Queue(), _students()
    jobs, votes = queue.jobs(), queue.votes()
    found = results.of_students(students, jobs)
    named, answers = (session.get(each) == "on" for each in SWITCHES)
    return render_template(
        "board.html",
        named=named,
        answers=answers,
        students=found if named else _shuffled(found),
        tallies=results.tallies(list(questions().values()), votes, students),
        beliefs=[
            (misconceptions()[each], *counts)
            for each, counts in results.by_misconception(votes, students).items()
        ],
        right=RIGHT,
        waiting={
            kind: sum(job.kind == kind and not job.over for job in jobs)
            for kind in ("attack", "grade")
        },
        closed=_closed(),
        every=_EVERY_S if request.args.get("live") else 0,
    )


@bp.post("/show")
def show() -> Response:
    """Switch the names, or what each answer stands for, on or off, for this browser."""
    for each in SWITCHES:
        if each in request.form:
            session[each] = "on" if request.form[each] == "on" else "off"
    return redirect(url_for("board.index"))


@bp.post("/reset")
def reset() -> Response:
    """Give one student's account, or all, its money back."""
    students = _students()
    asked = request.form.get("student", "")
    chosen = students if asked == "all" else tuple(name for name in students if name == asked)
    if not chosen:
        abort(400, "There is no such student.")
    stacks = stacks_state.running()
    try:
        if stacks is None:
            raise LabError("the stacks of this class are not up")
        left = reset_accounts(stacks.database_url, chosen)
    except LabError as error:
        flash(str(error))
    else:
        done = len(chosen) - len(left)
        flash(f"{counted(done, 'account')} reset.")
        if left:
            flash(f"Attacked at this moment, and not reset: {', '.join(left)}.")
    return redirect(url_for("board.index"))


@bp.get("/students.csv")
def students_csv() -> Response:
    """Every student's results as CSV."""
    head = ("student", "found", "repaired", "last_reason", "waiting")
    rows = (
        (each.name, " ".join(each.found), ", ".join(each.repaired), each.last_reason, each.waiting)
        for each in results.of_students(_students(), Queue().jobs())
    )
    return _csv("students.csv", head, rows)


@bp.get("/votes.csv")
def votes_csv() -> Response:
    """Every vote as CSV."""
    rows = ((vote.student, vote.question, vote.first, vote.last) for vote in Queue().votes())
    return _csv("votes.csv", ("student", "question", "first", "last"), rows)


def _csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = current_app.response_class(text.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if str(value).startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _students() -> tuple[str, ...]:
    desk = state.read()
    return desk.students if desk else ()


def _closed() -> str:
    """Return why nothing is carried out now, or ''."""
    if state.running():
        return ""
    last = state.read()
    return (last and last.failed) or "the desk is closed"


def _shuffled(found: list[results.Student]) -> list[results.Student]:
    """Return them in an order that tells nobody's place, and stays while this browser looks."""
    salt = session.setdefault("order", secrets.token_hex(8)).encode()
    return sorted(found, key=lambda each: blake2b(each.name.encode(), key=salt).digest())
