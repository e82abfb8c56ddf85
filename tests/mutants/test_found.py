"""Attack and explorer against every mutant, on both stacks: about half a minute a batch."""

import pytest

from tests.mutants.model import STACKS, Mutant, mutants
from tests.mutants.trial import Finding, attack_all

pytestmark = pytest.mark.acceptance

PLACES = [
    pytest.param(mutant, slug, stack, id=f"{slug}-{stack}-{mutant.name}")
    for mutant in mutants()
    for slug in mutant.strategies
    for stack in STACKS
]

Results = list[tuple[Mutant | None, Finding]]


@pytest.fixture(scope="module")
def results() -> Results:
    """Return what was found of every mutant."""
    return list(attack_all())


def test_the_defences_hold_where_nothing_is_planted(results: Results) -> None:
    sound = [each for mutant, each in results if not mutant]
    assert {each.attack["verdict"] for each in sound} == {"held"}
    explored = [cell for each in sound for cell in each.explored]
    assert [cell for cell in explored if cell["verdict"] != cell["expected"]] == []


@pytest.mark.parametrize(("mutant", "slug", "stack"), PLACES)
def test_a_mistake_is_found(results: Results, mutant: Mutant, slug: str, stack: str) -> None:
    (finding,) = (
        each
        for planted, each in results
        if (planted, each.strategy, each.stack) == (mutant, slug, stack)
    )
    assert finding.by_attack != bool(mutant.survives), finding.attack["verdict"]
    assert finding.by_explorer != bool(mutant.escapes_explorer), finding.exploration["verdict"]
