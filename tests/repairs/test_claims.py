"""Each claim of claims.toml, planted in a copy of the project and explored."""

import ast
from pathlib import Path
from typing import Any

import pytest

from shared_db.paths import CHECKOUT
from tests.mutants.trial import copy_of_the_project, explore, workshop
from tests.repairs.model import Claim, batches, claims

CLAIMS = claims()
EVERY = pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.title)
_FROM_WORST = ("unsafe", "starved", "waits", "aborts", "inconclusive", "safe")

Cells = list[dict[str, Any]]


@pytest.fixture(scope="module")
def explored() -> dict[Claim, Cells]:
    """Explore each batch, and return the cells of one account of each claim."""
    found: dict[Claim, Cells] = {}
    with workshop() as folder:
        for batch in batches(CLAIMS):
            with copy_of_the_project(folder, [p for claim in batch for p in claim.patches]) as root:
                cells = explore(root, folder, {claim.strategy for claim in batch})
            for claim in batch:
                found[claim] = [cell for cell in cells if belongs(cell, claim)]
    return found


def belongs(cell: dict[str, Any], claim: Claim) -> bool:
    """Tell whether a cell is about one account of a claim's strategy and stack."""
    place = (cell["strategy"], cell["stack"], cell["users"])
    return place == (claim.strategy, claim.stack, 1)


def errors(cells: Cells) -> set[str]:
    """Return the SQLSTATEs and statuses that some schedule met."""
    return {error for cell in cells for outcome in cell["outcomes"] for error in outcome["errors"]}


@EVERY
def test_a_claim_applies(claim: Claim, tmp_path: Path) -> None:
    for patch in claim.patches:
        path = tmp_path / patch.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text((CHECKOUT / patch.file).read_text("utf-8"), "utf-8")
        before = path.read_text("utf-8")
        patch.plant(tmp_path)
        assert ast.dump(ast.parse(path.read_text("utf-8"))) != ast.dump(ast.parse(before))


@pytest.mark.acceptance
@EVERY
def test_a_claim_is_true(explored: dict[Claim, Cells], claim: Claim) -> None:
    cells = explored[claim]
    assert len(cells) == 2
    assert not any(cell["inconclusive"] for cell in cells)
    assert min((cell["verdict"] for cell in cells), key=_FROM_WORST.index) == claim.verdict
    assert claim.errors <= errors(cells)
    assert not claim.free_of & errors(cells)
