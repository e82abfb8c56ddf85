"""What the sentence of a verdict may contain: what its counterexample shows, and no more."""

import json
import re

from attack.grade.shown import Graded
from tests.exercises.cases import Case

_COUNTS = re.compile(r"\b\d+ rows?\b")
_ERRNO = re.compile(r"\[Errno \d+\]")
"""The system's own number of an error, which is no claim about the order."""
_LINES = re.compile(r"\bline (\d+)\b")


def unfounded(case: Case, graded: Graded) -> list[str]:
    """Return what the sentence says and the counterexample does not show."""
    said, example = graded.said, graded.counterexample
    if not example or "steps" not in example:
        return []
    source = case.file.read_text("utf-8", "replace").splitlines()
    wrong = [
        f"line {line}"
        for line in _LINES.findall(said)
        if int(line) > len(source) or not source[int(line) - 1].strip()
    ]
    shown = set(re.findall(r"\d+", json.dumps(example)))
    rest = _ERRNO.sub("", _COUNTS.sub("", _LINES.sub("", said)))
    wrong += [number for number in re.findall(r"\d+", rest) if number not in shown]
    had = re.search(r"had (\d+) and asked for (\d+) and (\d+)\. ", said)
    if had:
        start, first, second = (int(each) for each in had.groups())
        enough = start >= first + second
        if enough and graded.reason in ("pays_twice", "below_zero"):
            wrong.append("more was paid than there was")
        if not enough and graded.reason == "lost_update":
            wrong.append("there was enough")
    return wrong
