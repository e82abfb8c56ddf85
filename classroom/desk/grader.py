"""python -m classroom.desk.grader: grade one file in one of the lanes, and end.

The desk's grading server is named by the environment: it is the superuser's, and for no eye that
lists processes.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from attack.grade.exercises import exercise
from attack.grade.grader import grade
from attack.grade.lane import Lane
from attack.grade.task import Task
from shared_db.errors import LabError

SERVER = "OVERDRAFT_GRADING_SERVER"


def main() -> None:
    """Grade, and write what came of it."""
    parser = argparse.ArgumentParser(prog="grader")
    parser.add_argument("--exercise", type=int, required=True)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--student", required=True)
    parser.add_argument("--lane", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--told", type=Path, required=True)
    asked = parser.parse_args()
    task = Task(exercise(asked.exercise), asked.stack, asked.file, asked.student, room="required")
    try:
        graded = grade(task, Lane(os.environ.pop(SERVER), asked.lane))
    except LabError as error:
        sys.exit(f"overdraft: {error}")
    asked.told.write_text(json.dumps(graded.to_json()), "utf-8")


if __name__ == "__main__":
    main()
