"""After the table, in plain words: what was lost, and what to try next."""

from collections.abc import Callable, Sequence

from attack.checkers import broken_invariants, judge_cell
from attack.counting import counted
from attack.explore.cells import AMOUNT, REQUESTS, STARTS
from attack.history import Request
from attack.losses import Loss, worst_loss
from attack.plan import DEFAULTS, MOST_TRIALS, Cell, Plan
from attack.report.again import command, unlike
from attack.stacks.where import Kind
from attack.verdicts import Conclusion


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


def next_step(
    plan: Plan,
    cells: Sequence[Cell],
    conclusion: Conclusion,
    log_of: Callable[[Kind | None], str] = lambda _whose: "",
) -> str:
    """Return one sentence on what to try next, as commands that can be pasted.

    They repeat what was asked for.

    Args:
        plan: what was asked for.
        cells: what was attacked.
        conclusion: what it came to.
        log_of: where the log of an instance is.
    """
    for came in ("unmet", "inconclusive"):
        places = {finding.place for finding in conclusion.those(came)}
        cell = next((cell for cell in cells if cell.place in places), None)
        if cell and came == "unmet":
            return _look_at(cell, "which orders of statements there are")
        if cell:
            return _find_out(cell, log_of)
    worst = worst_loss([cell for cell in cells if judge_cell(cell.trials) == "exploited"])
    if worst:
        cell = next(cell for cell in cells if cell.place == worst.place)
        return _look_at(cell, "an order of statements that does it")
    slugs = ",".join(strategy.slug for strategy in plan.strategies)
    return (
        "Next: no attack proves that nothing can be lost. "
        f"{_explore(plan, slugs)} tries every order of the requests' statements."
    )


def _look_at(cell: Cell, shown: str) -> str:
    slug = cell.strategy.slug
    return (
        f"Next: `make compare S={slug}` shows how both stacks write it, "
        f"{_explore(cell.plan, slug)} {shown}."
    )


def _explore(plan: Plan, slugs: str) -> str:
    """Return the command that explores, with what was asked for as far as it can be explored."""
    asked: dict[str, object] = {"strategy": slugs, "stack": _stack(plan)}
    if plan.requests in REQUESTS[1:]:  # the first is what it takes by itself
        asked["requests"] = plan.requests
    if plan.amount == AMOUNT and plan.start in STARTS and plan.start != DEFAULTS["start"]:
        asked["start"] = plan.start
    return command("explore", asked)


def _stack(plan: Plan) -> str | None:
    return plan.stacks[0] if len(plan.stacks) == 1 else None


def _find_out(cell: Cell, log_of: Callable[[Kind | None], str]) -> str:
    requests = [request for trial in cell.trials for request in trial.requests]
    log = log_of(cell.kind)
    if any(_failed(request) for request in requests):
        where = f": {log}" if log else ""
        return f"Next: the log of the {cell.stack} stack says what went wrong{where}."
    plan, trials = cell.plan, len(cell.trials)
    if trials >= MOST_TRIALS:
        return _look_at(cell, "which orders of statements there are")
    again = {
        "strategy": cell.strategy.slug,
        "stack": _stack(plan),
        "trials": min(max(20, 2 * trials), MOST_TRIALS),
        **unlike(DEFAULTS, plan.asked()),
    }
    return f"Next: try more often: {command('fire', again)}."


def _failed(request: Request) -> bool:
    return not request.decided and (request.status is None or request.status >= 500)
