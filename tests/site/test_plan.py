"""The plan of 45 minutes against a clock: what is said fits into what the plan gives it."""

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest

from docs.extension.lesson import file_of, parse
from shared_db.cut import functions
from shared_db.paths import CHECKOUT
from tests.site.commands import DOCS

WORDS_A_MINUTE = 130
WHOLE = 45
TEXT = (DOCS / "teach/45.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \|[^|]*\|[^|]*\| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)
SECTION = re.compile(r"^## (\d+)\N{EN DASH}(\d+): .*\n((?:(?!^## ).*\n?)*)", re.MULTILINE)
SAID = re.compile(r"\*\*Say:\*\*(.*?)(?=\n\n|\Z)", re.DOTALL)
# What is read aloud of a lesson besides, by the minute at which its section begins.
ALOUD = {
    3: ("no_lock", "code", "question"),
    17: ("transaction_only", "code", "question"),
    27: ("row_lock", "code"),
    33: ("stale_row_lock", "code", "question"),
}


@dataclass(frozen=True)
class Part:
    """A part of the plan, its times in minutes."""

    begins: int
    ends: int
    text: str
    told: float
    class_does: float

    @property
    def speaking(self) -> float:
        """How long its words take."""
        said = " ".join([*SAID.findall(self.text), *aloud(self.begins)])
        return len(re.findall(r"[\w'=+-]+", said)) / WORDS_A_MINUTE


def aloud(begins: int) -> list[str]:
    """Return what is read aloud of a lesson."""
    slug, *parts = ALOUD.get(begins, ("",))
    texts = []
    if "code" in parts:
        texts.append(functions((CHECKOUT / f"flask_app/strategies/{slug}.py").read_text("utf-8")))
    if "question" in parts:
        predict = parse(file_of(slug).read_text("utf-8")).sections["Predict"]
        texts.append(re.sub(r"```(?:\{question\})?|^- (?:right|M\d+):", "", predict, flags=re.M))
    return texts


def parts() -> list[Part]:
    """Return the parts of the plan: each row of its table, and the section of that time."""
    rows = {int(begins): (float(told), float(does)) for begins, told, does in ROW.findall(TEXT)}
    sections = [(int(one), int(other), text) for one, other, text in SECTION.findall(TEXT)]
    assert [begins for begins, _, _ in sections] == [*rows]
    return [Part(begins, ends, text, *rows[begins]) for begins, ends, text in sections]


def test_one_part_begins_where_the_other_ends() -> None:
    times = [(part.begins, part.ends) for part in parts()]
    assert times[0][0] == 0
    assert times[-1][1] == WHOLE
    assert all(one[1] == other[0] for one, other in pairwise(times))


@pytest.mark.parametrize("part", parts(), ids=lambda part: f"{part.begins}-{part.ends}")
def test_what_is_said_and_done_fits(part: Part) -> None:
    assert part.told == pytest.approx(part.speaking, abs=0.06)
    assert part.speaking + part.class_does <= part.ends - part.begins
