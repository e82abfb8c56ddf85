"""The mutants as data: each applies, each defence has enough, and the page lists them all."""

import ast
from pathlib import Path

import pytest

from attack.explore.cells import plan, worst
from shared_db.catalogue import Explored, strategies
from shared_db.paths import CHECKOUT
from tests.mutants.model import STACKS, Mutant, Patch, batches, mutants
from tests.mutants.report import FOUND, PAGE, SURVIVED, name

MUTANTS = mutants()
DEFENCES = [strategy.slug for strategy in strategies() if strategy.kind == "defence"]
EVERY = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.title)


@EVERY
def test_a_mutant_applies(mutant: Mutant) -> None:
    for patch in mutant.patches:
        source = (CHECKOUT / patch.file).read_text(encoding="utf-8")
        spoilt = patch.applied(source)
        assert spoilt != source
        if patch.file.endswith(".py"):
            assert ast.dump(ast.parse(spoilt)) != ast.dump(ast.parse(source))


@EVERY
def test_a_mutant_spoils_both_stacks(mutant: Mutant) -> None:
    folders = {file.partition("/")[0] for file in mutant.files}
    assert folders in ({"shared_db"}, {f"{stack}_app" for stack in STACKS})


@pytest.mark.parametrize("slug", DEFENCES)
def test_a_defence_has_two_mutants_that_are_mistakes(slug: str) -> None:
    assert sum(slug in mutant.strategies and not mutant.survives for mutant in MUTANTS) >= 2


def test_no_batch_has_two_mistakes_in_one_place() -> None:
    for batch in batches(MUTANTS):
        slugs = [slug for mutant in batch for slug in mutant.strategies]
        files = [file for mutant in batch for file in mutant.files]
        assert len(slugs) == len(set(slugs))
        assert len(files) == len(set(files))
    assert {mutant for batch in batches(MUTANTS) for mutant in batch} == set(MUTANTS)


@pytest.mark.parametrize("source", ["", "ab ab"])
def test_a_patch_that_does_not_fit_is_refused(source: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(source)
    with pytest.raises(AssertionError, match="has not exactly one"):
        Patch("file", "ab", "c").plant(tmp_path)


def test_the_page_lists_every_mutant_and_its_result() -> None:
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text("utf-8").splitlines()]
    listed = {
        (line[0].strip("`"), line[1]): [cell.partition(":")[0] for cell in line[2:]]
        for line in lines
        if len(line) == 2 + 2 * len(STACKS) and line[0].startswith("`")
    }
    expected = {
        (slug, name(mutant)): [
            SURVIVED if mutant.survives else FOUND,
            SURVIVED if mutant.escapes_explorer else FOUND,
        ]
        * len(STACKS)
        for mutant in MUTANTS
        for slug in mutant.strategies
    }
    sound = {place: cells for place, cells in listed.items() if place[1] == name(None)}
    assert listed == expected | sound
    assert sorted(slug for slug, _ in sound) == sorted(DEFENCES)
    for (slug, _), cells in sound.items():
        explored = [expected_of_the_explorer(slug, stack) for stack in STACKS]
        said = [cell.partition(" ")[0] for cell in cells]
        assert said == [word for each in explored for word in ("held", each)]


def expected_of_the_explorer(slug: str, stack: str) -> Explored:
    """Return the worst verdict that the catalogue expects of a strategy in any setting."""
    (strategy,) = (each for each in strategies() if each.slug == slug)
    return worst([cell.expected for cell in plan([stack], [strategy], 2, None)])
