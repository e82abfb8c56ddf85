"""docs/mutants.md: the list of mutants, with what the harness said of each."""

from collections.abc import Iterable
from statistics import mean

from shared_db.paths import CHECKOUT
from tests.mutants.model import STACKS, Mutant
from tests.mutants.trial import TRIALS, Finding

PAGE = CHECKOUT / "docs" / "mutants.md"
FOUND, SURVIVED = "**found**", "survived"
_HEAD = f"""\
# Mutants: does the harness find what is wrong?

A harness that finds every defence sound may be right, or blind. So mistakes are planted in each
defence, in a copy of the project, and attacked as `make attack` does it (last_byte, {TRIALS}
trials). A mutant is found where the verdict is `exploited` or `starved`. The mutants are data, in
`tests/mutants/mutants.toml`; `make mutants` attacks them all and writes this page. Beside each
verdict: payouts, on average, and how many are right.

| defence | planted mistake | Flask | Django |
|---|---|---|---|
"""
_SURVIVORS = """
## Those that survive

"""
Results = list[tuple[Mutant | None, Finding]]


def page(results: Results) -> str:
    """Return the page for these results."""
    found = {(mutant, each.strategy, each.stack): each for mutant, each in results}
    rows = dict.fromkeys((mutant, each.strategy) for mutant, each in results)
    lines = [
        f"| `{slug}` | {name(mutant)} | "
        + " | ".join(_cell(mutant, found[mutant, slug, stack]) for stack in STACKS)
        + " |"
        for mutant, slug in sorted(rows, key=lambda row: _order(rows, row[1]))
    ]
    survivors = [_survivor(mutant) for mutant, _ in rows if mutant and mutant.survives]
    return "\n".join([_HEAD + "\n".join(lines), _SURVIVORS + "\n".join(survivors), ""])


def name(mutant: Mutant | None) -> str:
    """Return what the table says of a mutant."""
    return mutant.name if mutant else "none"


def _order(rows: Iterable[tuple[Mutant | None, str]], slug: str) -> int:
    return list(dict.fromkeys(each for _, each in rows)).index(slug)


def _cell(mutant: Mutant | None, finding: Finding) -> str:
    cell = finding.worst
    verdict = f"{finding.verdict} {mean(cell['payouts']):.3g}/{cell['right']}"
    if mutant is None:
        return verdict
    return f"{FOUND if finding.found else SURVIVED}: {verdict}"


def _survivor(mutant: Mutant) -> str:
    return f"- `{', '.join(mutant.strategies)}`, {mutant.name}: {mutant.survives}."
