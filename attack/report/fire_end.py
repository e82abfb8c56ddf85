"""After the table, in plain words: what was lost, and what to try next."""

from collections.abc import Sequence

from attack.checkers import broken_invariants, judge_cell
from attack.history import Request
from attack.losses import Loss, worst_loss
from attack.plan import Cell, Plan
from attack.verdicts import Conclusion
from attack.words import counted


def lost(cells: Sequence[Cell]) -> str:
    """Return one sentence on the trial that lost most, or on what else went wrong."""
    by_verdict = {
        verdict: [cell for cell in cells if judge_cell(cell.trials) == verdict]
        for verdict in ("exploited", "starved", "unknown")
    }
    worst = worst_loss(by_verdict["exploited"])
    if worst and worst.lost:
        return f"Lost at the worst, by {worst.place}: {_sentence(worst)}: {worst.lost} lost."
    if worst:
        broken = _first_broken(by_verdict["exploited"])
        return f"Money and log disagree, by {worst.place}: {broken}."
    short = worst_loss(by_verdict["starved"])
    if short:
        words = f"{_sentence(short)}: {short.unpaid} not paid out"
        return f"Paid too little, by {short.place}: {words}."
    if by_verdict["unknown"]:
        return "Whether money can be lost is not known: see what is inconclusive."
    return "Nothing was lost: all that the money allowed was paid out, and no more."


def _sentence(found: Loss) -> str:
    right, made = counted(found.right, "payout"), found.made
    words = f"{right} {_were(found.right)} right, {made} {_were(made)} made"
    if found.kept:
        words += f", and the account still holds {found.kept} of what is gone"
    return words


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _first_broken(cells: Sequence[Cell]) -> str:
    trials = [trial for cell in cells for trial in cell.trials]
    return next("; ".join(broken) for trial in trials if (broken := broken_invariants(trial)))


def next_step(plan: Plan, cells: Sequence[Cell], conclusion: Conclusion) -> str:
    """Return one sentence on what to try next, as commands that can be pasted."""
    stack = f" STACK={plan.stacks[0]}" if len(plan.stacks) == 1 else ""
    for came in ("unmet", "inconclusive"):
        places = {finding.place for finding in conclusion.those(came)}
        cell = next((cell for cell in cells if cell.place in places), None)
        if cell and came == "unmet":
            return _look_at(cell, stack, "which orders of statements there are")
        if cell:
            return _find_out(cell, stack)
    worst = worst_loss([cell for cell in cells if judge_cell(cell.trials) == "exploited"])
    if worst:
        cell = next(cell for cell in cells if cell.place == worst.place)
        return _look_at(cell, stack, "an order of statements that does it")
    slugs = ",".join(strategy.slug for strategy in plan.strategies)
    return (
        "Next: no attack proves that nothing can be lost. "
        f"`make explore STRATEGY={slugs}{stack}` tries every order of two requests' statements."
    )


def _look_at(cell: Cell, stack: str, shown: str) -> str:
    slug = cell.strategy.slug
    return (
        f"Next: `make compare S={slug}` shows how both stacks write it, "
        f"`make explore STRATEGY={slug}{stack}` {shown}."
    )


def _find_out(cell: Cell, stack: str) -> str:
    requests = [request for trial in cell.trials for request in trial.requests]
    if any(_failed(request) for request in requests):
        return (
            f"Next: the {cell.stack} stack's log says what went wrong: .lab/{cell.stack}.log, "
            f"or `docker compose logs {cell.stack}`."
        )
    more = f"STRATEGY={cell.strategy.slug}{stack} TRIALS={max(20, 2 * len(cell.trials))}"
    return f"Next: try more often: `make attack {more}`."


def _failed(request: Request) -> bool:
    return not request.decided and (request.status is None or request.status >= 500)
