"""docs/mutants.md: the list of mutants, with what the harness said of each."""

from collections.abc import Iterable
from statistics import mean

from shared_db.paths import CHECKOUT
from tests.mutants.model import STACKS, Mutant
from tests.mutants.trial import TRIALS, Finding

PAGE = CHECKOUT / "docs" / "mutants.md"
FOUND, SURVIVED = "**found**", "survived"
_HEAD = f"""\
# Mutants: does the lab find what is wrong?

A lab that finds every defence sound may be right, or blind. So mistakes are planted in each
defence, in a copy of the project, attacked as `make attack` does it (last_byte, {TRIALS} trials),
and explored as `make explore` does it. A mutant is found where the verdict is `exploited`, `unsafe`
or `starved`, too much was paid, or too little; or, by the explorer, `waits` or `aborts`: users are
in each other's way. The mutants are data, in `tests/mutants/mutants.toml`; `make mutants` tries
them all and writes this page. Beside each verdict: the attack's payouts, on average, and how many
are right; in how many schedules the explorer saw it, of how many, where it was worst.

| defence | planted mistake | Flask: attack | explorer | Django: attack | explorer |
|---|---|---|---|---|---|
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
        + " | ".join(_cells(mutant, found[mutant, slug, stack]) for stack in STACKS)
        + " |"
        for mutant, slug in sorted(rows, key=lambda row: _order(rows, row[1]))
    ]
    mutants = dict.fromkeys(mutant for mutant, _ in rows if mutant and mutant.escapes)
    survivors = [_survivor(mutant) for mutant in mutants]
    return "\n".join([_HEAD + "\n".join(lines), _SURVIVORS + "\n".join(survivors), ""])


def name(mutant: Mutant | None) -> str:
    """Return what the table says of a mutant."""
    return mutant.name if mutant else "none"


def _order(rows: Iterable[tuple[Mutant | None, str]], slug: str) -> int:
    return list(dict.fromkeys(each for _, each in rows)).index(slug)


def _cells(mutant: Mutant | None, finding: Finding) -> str:
    attack, exploration = finding.attack, finding.exploration
    paid = f"{attack['verdict']} {mean(attack['payouts']):.3g}/{attack['right']}"
    bad = exploration.get(exploration["verdict"], 0)
    share = f"{bad}/{exploration['schedules']}"
    explored = f"{exploration['verdict']} {share}"
    if mutant is None:
        return f"{paid} | {explored}"
    return f"{_mark(finding.by_attack)}: {paid} | {_mark(finding.by_explorer)}: {explored}"


def _mark(found: bool) -> str:
    return FOUND if found else SURVIVED


def _survivor(mutant: Mutant) -> str:
    where = ""
    if not (mutant.survives and mutant.escapes_explorer):
        where = " (the attack only)" if mutant.survives else " (the explorer only)"
    why = mutant.escapes_explorer or mutant.survives
    return f"- `{', '.join(mutant.strategies)}`, {mutant.name}{where}: {why}."
