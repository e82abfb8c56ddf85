"""The attack as JSON, in the words of the table."""

from typing import Any

from attack.checkers import judge_cell, judge_trial, max_overlap
from attack.losses import loss
from attack.plan import Cell
from attack.reasons import reason
from attack.report.statistics import wilson


def cell_to_json(cell: Cell) -> dict[str, Any]:
    """Return one cell as a record; money in units, proportions with a 95 % Wilson interval."""
    plan, trials = cell.plan, cell.trials
    exploited = sum(judge_trial(trial) == "exploited" for trial in trials)
    return {
        "stack": cell.stack,
        "strategy": cell.strategy.slug,
        "case": cell.case.name,
        "technique": cell.technique,
        "requests": plan.requests,
        "start": cell.start,
        "amount": plan.amount,
        "right": cell.right,
        "trials": len(trials),
        "payouts": [trial.ledger.payouts for trial in trials],
        "exploited_trials": exploited,
        "exploited_interval": wilson(exploited, len(trials)),
        "balance": [trial.ledger.balance for trial in trials],
        "lost": [loss(cell.place, trial).lost for trial in trials],
        "verdict": judge_cell(trials),
        "reason": reason(trials),
        "expected": cell.expected,
        "max_overlap": max((max_overlap(trial) for trial in trials), default=0),
        "conflicts": cell.conflicts,
        "retries": cell.retries,
        "workers": cell.workers,
    }
