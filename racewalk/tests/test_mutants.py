"""Each cause of silent misses, planted anew, is found by the programs that are drawn."""

import pytest

from racewalk.schedule.observer import Observer
from support.hunt import hunt
from support.judged import Judge
from support.labs import Database
from support.mutants import MUTANTS, Mutant, meets

MOST = 100
"""Programs with what a mistake needs that are tried at most."""


def test_every_cause_has_a_mutant() -> None:
    assert [mutant.number for mutant in MUTANTS] == list(range(1, 22))


def test_a_mutant_is_looked_for_where_it_can_be() -> None:
    both = [frozenset({"insert", "look"}), frozenset({"insert by hand"})]
    assert meets(MUTANTS[1], both)
    assert not meets(MUTANTS[1], both[:1] * 2)


@pytest.mark.exhaustive
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant.number))
def test_found(database: Database, observer: Observer, mutant: Mutant) -> None:
    judge = Judge(database, observer, mutant.language)
    assert hunt(judge, mutant, MOST, shrinks=False), mutant.name
