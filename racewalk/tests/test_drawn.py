"""The reduced search against brute force, on programs that nobody thought of.

A program that goes wrong is shrunk and written to `found/`; what was found once is kept in `kept/`
and tried for ever.
"""

from itertools import count
from pathlib import Path

import pytest

from racewalk.schedule.observer import Observer
from support.drawn import Programs, draw, read, shrink, write
from support.judged import Judge, TooManyError
from support.labs import Database
from support.languages import LANGUAGES, PLAIN, UNTIMED, Language

KEPT = Path(__file__).parent / "kept"
FOUND = Path(__file__).parent / "found"


def test_a_seed_says_the_program() -> None:
    assert [draw(seed) for seed in range(50)] == [draw(seed) for seed in range(50)]
    assert read(write(draw(7), "")) == draw(7)


def test_shrinking_leaves_nothing_out_that_matters() -> None:
    def fails(programs: Programs) -> bool:
        return any("insert" in program.features for program in programs)

    for seed in range(400):
        if fails(draw(seed)):
            least = shrink(draw(seed), fails)
            assert len(least) == 2
            assert sorted(len(program.steps) for program in least) == [1, 1]
            assert all(program.begin is None for program in least)


@pytest.mark.parametrize("language", [PLAIN, UNTIMED], ids=["timed", "timeless"])
@pytest.mark.parametrize("path", sorted(KEPT.glob("*.json")), ids=lambda path: path.stem)
def test_what_went_wrong_once(
    database: Database, observer: Observer, path: Path, language: Language
) -> None:
    assert Judge(database, observer, language).wrong(read(path.read_text("utf-8"))) is None


@pytest.mark.acceptance
@pytest.mark.parametrize("name", LANGUAGES)
def test_two_hundred_programs(database: Database, observer: Observer, name: str) -> None:
    language = LANGUAGES[name]
    many(Judge(database, observer, language), language, 0, 50)


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("name", LANGUAGES)
def test_two_thousand_programs(
    database: Database, observer: Observer, name: str, part: int
) -> None:
    language = LANGUAGES[name]
    many(Judge(database, observer, language), language, 100_000 * (part + 1), 100)


def many(judge: Judge, language: Language, first: int, wanted: int) -> None:
    """Judge so many programs; shrink and write those that go wrong."""
    wrong = judge.failing(count(first), wanted)
    print(judge.tally)  # noqa: T201 - the figures of a run, shown with -s
    for seed, why in wrong:
        FOUND.mkdir(exist_ok=True)
        least = smallest(judge, draw(seed, language=language))
        (FOUND / f"{seed}.json").write_text(write(least, why), "utf-8")
    assert not wrong, "shrunk to tests/found"


def smallest(judge: Judge, found: Programs) -> Programs:
    """Return the smallest programs that still go wrong."""

    def fails(programs: Programs) -> bool:
        try:
            return judge.wrong(programs) is not None
        except TooManyError:
            return False

    return shrink(found, fails)
