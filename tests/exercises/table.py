"""python -m tests.exercises.table: write what came of every repair into docs/teach/grader.md.

`make exhaustive-exercises` grades all of them anew, and keeps each as soon as it is graded, with a
hash of its file, of the exercise, and of what grades: what has changed since is not told.
"""

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from functools import cache
from itertools import groupby

import msgspec

from attack.grade.exercises import STACKS
from attack.grade.shown import Graded
from shared_db.paths import CHECKOUT, lab_folder
from tests.exercises.cases import Case, all_cases, right_and_wrong, told_of_tricks, tricks

_GRADERS = ("attack/grade", "stage", "racewalk/src")
PAGE = CHECKOUT / "docs" / "teach" / "grader.md"
_HEAD = """\
# What the grader says of whom

For those who teach: here are the answers. `make exhaustive-exercises` grades each file on both
stacks, and writes this page. Beside each reason are the seconds that it took, on two cores that
did other things as well.

## Repairs, right and wrong

| exercise | repair | Flask | Django |
|---:|---|---|---|
"""
_TRICKS = """
## Attempts to fool it

| what is tried | Flask | Django |
|---|---|---|
"""


@dataclass(frozen=True)
class Kept:
    """What came of one file: the reason, 'solved' where it was accepted, and seconds."""

    file: str
    reason: str
    seconds: float


def keep(case: Case, graded: Graded) -> None:
    """Keep what came of a case, in place of what came of it before."""
    known = {name: asdict(each) for name, each in kept().items()}
    known[str(case)] = asdict(Kept(_hash(case), graded.reason or "solved", graded.seconds))
    path = lab_folder("grade") / "results.json"
    unfinished = path.with_name("results.json.new")
    unfinished.write_text(json.dumps(known, indent=1), encoding="utf-8")
    unfinished.replace(path)


def kept() -> dict[str, Kept]:
    """Return what was kept so far, by the case."""
    try:
        found = (lab_folder("grade") / "results.json").read_bytes()
    except FileNotFoundError:
        return {}
    return msgspec.json.decode(found, type=dict[str, Kept])


def page(known: dict[str, Kept]) -> str:
    """Return the page.

    Raises:
        LookupError: a file was not graded as it is now.
    """
    missing = [str(case) for case in all_cases() if _of(case, known) is None]
    if missing:
        raise LookupError(f"not graded as they are now: {', '.join(missing)}")
    repairs = [
        f"| {number} | `{name}` | {' | '.join(_cells(cases, known))} |"
        for (number, name), cases in _by_name(list(right_and_wrong()))
    ]
    told = told_of_tricks()
    fooled = [
        f"| {told[name]} | {' | '.join(_cells(cases, known))} |"
        for (_, name), cases in _by_name(list(tricks()))
    ]
    return _HEAD + "\n".join(repairs) + "\n" + _TRICKS + "\n".join(fooled) + "\n"


def _by_name(cases: list[Case]) -> list[tuple[tuple[int, str], list[Case]]]:
    def name(case: Case) -> tuple[int, str]:
        return case.exercise.number, case.name

    return [(key, list(each)) for key, each in groupby(sorted(cases, key=name), name)]


def _cells(cases: list[Case], known: dict[str, Kept]) -> list[str]:
    found = {case.stack: _of(case, known) for case in cases}
    return [f"{each.reason} {each.seconds:.0f}" if (each := found.get(s)) else "" for s in STACKS]


def _of(case: Case, known: dict[str, Kept]) -> Kept | None:
    found = known.get(str(case))
    return found if found and found.file == _hash(case) else None


def _hash(case: Case) -> str:
    parts = (case.file.read_bytes(), (case.exercise.folder / "exercise.toml").read_bytes())
    return hashlib.sha256(b"\0".join((*parts, _grader()))).hexdigest()[:16]


@cache
def _grader() -> bytes:
    """Return a digest of what grades: whatever it graded before it was changed is not told."""
    digest = hashlib.sha256()
    for folder in _GRADERS:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.suffix in (".py", ".sql"):
                digest.update(path.read_bytes())
    return digest.digest()


def main() -> None:
    """Write the page."""
    try:
        text = page(kept())
    except LookupError as error:
        sys.exit(f"overdraft: {error}")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
