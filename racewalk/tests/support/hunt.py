"""Looking for a planted mistake among the programs that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from support.drawn import Programs, draw, shrink
from support.judged import Judge, TooManyError
from support.mutants import Mutant, meets

MOST = 100
"""Schedules of a program above which no mistake is looked for in it."""


@dataclass(frozen=True)
class Catch:
    """A mistake that was found.

    Attributes:
        tried: how many programs were run until it showed.
        seed: of the one that showed it.
        programs: what is left of it.
        why: what went wrong.
    """

    tried: int
    seed: int
    programs: Programs
    why: str


def hunt(judge: Judge, mutant: Mutant, most: int, *, shrinks: bool = True) -> Catch | None:
    """Return the first program in which a mistake shows that is right without it.

    Args:
        judge: runs programs.
        mutant: the mistake.
        most: programs to try.
        shrinks: leave out of the program what does not matter.
    """
    tried = 0
    first, second = (needs | mutant.prefer for needs in mutant.needs)
    for seed in count():
        programs = draw(seed, (first, second), mutant.language)
        if not meets(mutant, [program.features for program in programs]):
            continue
        tried += 1
        if why := wrong(judge, mutant, programs):
            if shrinks:
                programs = shrink(programs, lambda less: wrong(judge, mutant, less) is not None)
            return Catch(tried, seed, programs, why)
        if tried == most:
            return None
    return None


def wrong(judge: Judge, mutant: Mutant, programs: Programs) -> str | None:
    """Return what the mistake makes of a program that is judged rightly without it."""
    try:
        with mutant.planted():
            why = judge.wrong(programs, MOST)
        return why if why and judge.wrong(programs, MOST) is None else None
    except TooManyError:
        return None
