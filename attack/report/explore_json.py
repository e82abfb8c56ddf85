"""The exploration as JSON, in the words of the certificate."""

from collections.abc import Sequence
from typing import Any

from attack.explore import judge
from attack.explore.cells import Cell
from attack.explore.disease import disease
from attack.explore.exploration import Exploration
from attack.explore.ledger import together
from racewalk import Outcome, Run


def rows_to_json(rows: Sequence[Sequence[Exploration]]) -> list[dict[str, Any]]:
    """Return a record for each cell, with what the settings of its row tell together."""
    return [cell_to_json(each) | {"tells": disease(row)} for row in rows for each in row]


def cell_to_json(found: Exploration) -> dict[str, Any]:
    """Return one cell as a record; money in units, times in seconds.

    `by_preemptions` has, for each number of preemptions, how many schedules and unsafe ones.
    """
    cell, certificate = found.cell, found.certificate
    outcomes = sorted(certificate.outcomes.items(), key=lambda item: (-item[1], repr(item[0])))
    reduction = certificate.reduction
    return {
        "stack": cell.stack,
        "strategy": cell.strategy.slug,
        "case": cell.case.name,
        "requests": cell.requests,
        "workers": cell.workers,
        "start": cell.start,
        "users": cell.users,
        "schedules": certificate.schedules,
        **{what: found.kinds[what] for what in judge.BAD},
        "runs": certificate.runs,
        "remembered": certificate.remembered,
        "classes": reduction.classes if reduction else None,
        "unsafe_classes": reduction.unsafe_classes if reduction else None,
        "read": reduction.read if reduction else None,
        "watched": dict(sorted(reduction.watched.items())) if reduction else {},
        "unreadable": dict(sorted(reduction.unreadable.items())) if reduction else {},
        "assumed": sorted(certificate.assumed),
        "exhausted": certificate.exhausted,
        "inconclusive": certificate.inconclusive,
        "verdict": found.verdict,
        "expected": cell.expected,
        "seconds": round(certificate.seconds, 3),
        "hash": certificate.hash,
        "by_preemptions": {
            str(count): list(pair) for count, pair in sorted(certificate.by_preemptions.items())
        },
        "outcomes": [outcome_to_json(cell, outcome, count) for outcome, count in outcomes],
        "noise": dict(sorted(certificate.noise.items())),
        "counterexample": _counterexample(cell, *found.example) if found.example else None,
    }


def outcome_to_json(cell: Cell, outcome: Outcome, schedules: int) -> dict[str, Any]:
    """Return one way to end, and in how many schedules it was seen."""
    ledger = together(cell, outcome.facts)
    return {
        "schedules": schedules,
        "unsafe": outcome.unsafe,
        "balance": ledger.balance,
        "paid_out": ledger.paid_out,
        "answers": list(outcome.answers),
        "violations": list(outcome.violations),
        "errors": list(outcome.errors),
        "waited": outcome.waited,
    }


def _counterexample(cell: Cell, run: Run, outcome: Outcome) -> dict[str, Any]:
    ledger = together(cell, outcome.facts)
    return {
        "preemptions": run.preemptions,
        "steps": [{"request": step.request, "sql": step.line} for step in run.steps],
        "balance": ledger.balance,
        "paid_out": ledger.paid_out,
    }
