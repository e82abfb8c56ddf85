"""Why a cell came to its verdict, in words and counts: pure functions of the history."""

from collections import Counter
from collections.abc import Sequence

from attack.checkers import broken_invariants, judge_cell, judge_trial, overlapped, right_of
from attack.counting import counted
from attack.history import Request, Trial


def reason(trials: Sequence[Trial]) -> str:
    """Return why the trials of a cell came to their verdict; '' where they held."""
    verdict = judge_cell(trials)
    if verdict == "held":
        return ""
    if not trials:
        return "nothing was tried"
    decisive = [trial for trial in trials if judge_trial(trial) == verdict]
    words = {"exploited": _exploited, "starved": _starved, "unknown": _unknown}[verdict]
    return "; ".join(words(decisive, trials))


def _exploited(decisive: Sequence[Trial], trials: Sequence[Trial]) -> list[str]:
    worst = max(decisive, key=lambda trial: trial.ledger.payouts)
    first, *others = broken_invariants(worst)
    return [f"in {len(decisive)} of {counted(len(trials), 'trial')}: {first}", *others]


def _starved(decisive: Sequence[Trial], trials: Sequence[Trial]) -> list[str]:
    fewest = min(decisive, key=lambda trial: trial.ledger.payouts - right_of(trial))
    in_trials = f"in {len(decisive)} of {counted(len(trials), 'trial')}"
    at_worst = f"{fewest.ledger.payouts} of {right_of(fewest)} at the worst"
    words = [f"{in_trials} fewer were paid than the money allowed, {at_worst}"]
    requests = _requests(decisive)
    given_up = sum(request.status == 503 for request in requests)
    if given_up:
        words.append(f"{given_up} of {counted(len(requests), 'request')} given up with 503")
    return words


def _unknown(decisive: Sequence[Trial], trials: Sequence[Trial]) -> list[str]:
    requests = _requests(trials)
    seen = Counter(
        _seen(request) for trial in trials for request in trial.requests if not request.decided
    )
    seen.update(
        f"{_came_back(request)} beside the withdrawals"
        for trial in trials
        for request in trial.beside
        if request.fate != "done"
    )
    words = [f"{count} of {len(requests)} {told}" for told, count in seen.most_common()]
    if any(_was_cut_off(request) for request in requests) and _a_worker_was_replaced(trials):
        words.append("a worker died")
    alone = [trial for trial in decisive if not overlapped(trial) and trial.decided]
    if alone:
        words.append(f"nobody overlapped in {len(alone)} of {counted(len(trials), 'trial')}")
    return words


def _seen(request: Request) -> str:
    """Say what came back to a withdrawal that withdraw() did not answer."""
    known = request.entered_ns is not None or request.status is None or request.status >= 500
    by = "" if known or request.fate == "lost" else ", not by a withdrawal"
    return _came_back(request) + by


def _came_back(request: Request) -> str:
    """Say what came back to a request that decides nothing."""
    if request.fate == "lost":
        return "were sent to the login page (session lost)"
    if request.status is None:
        cut_off = f"were cut off without an answer ({request.error})"
        return cut_off if _was_cut_off(request) else "never answered"
    to = f" to {request.location}" if request.location else ""
    return f"answered {request.status}{to}"


def _was_cut_off(request: Request) -> bool:
    return request.status is None and not (request.error or "").endswith("Timeout")


def _a_worker_was_replaced(trials: Sequence[Trial]) -> bool:
    """Tell whether a process was heard no more once another one had come for the first time.

    The processes of one instance share its port, and a salvo of ordinary size hears of each.
    """
    heard = [{request.worker for request in trial.requests} - {None} for trial in trials]
    for number in range(1, len(heard)):
        before, now = set[int | None]().union(*heard[:number]), heard[number]
        if now - before and before - now:
            return True
    return False


def _requests(trials: Sequence[Trial]) -> list[Request]:
    return [request for trial in trials for request in trial.salvo]
