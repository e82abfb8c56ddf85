"""A run written by hand, with a cell of each kind."""

from pathlib import Path
from typing import Any

from attack.history import Trial
from attack.runs import lines
from attack.runs.keep import Run
from attack.runs.records import BENCH, CERTIFICATES
from attack.verdicts import Conclusion
from tests.harness.builders import trial

HOSTILE = '"><script>document.title = "taken"</script><b>'
HOSTILE_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<script>parent.document.title = "taken"</script></svg>'
)
SLUGS = ("no_lock", "row_lock", "process_lock")


def a_run(runs: Path, hash_: str = "a" * 64, payouts: int = 3) -> Run:
    """Return a run that attacked, explored and measured no_lock on Flask, and nothing else."""
    settings: Any = {"fire": {"requests": 2}, "explore": {"requests": 2}, "bench": {"rounds": 1}}
    run = Run.begin(settings, SLUGS, "18.1", runs)
    for each in trials(payouts):
        run.store.append(each)
    for setting in ("start 10", "2 users"):
        lines.append(run.folder / CERTIFICATES, certificate(hash_, setting))
    cells = [measured(accounts) for accounts in (1, 100)]
    run.write(BENCH, {"cells": cells, "pages": [BARE]})
    run.concluded("fire", Conclusion(()), [])
    run.concluded("explore", Conclusion(()), [])
    return run


def trials(payouts: int) -> list[Trial]:
    """Return four trials with so many payouts each; two of them are right."""
    fates: Any = ["paid"] * payouts + ["refused"]
    balance = max(20 - 10 * payouts, 0)
    return [trial(*fates, balance=balance, payouts=payouts, start=20) for _ in range(4)]


def certificate(hash_: str, setting: str) -> dict[str, Any]:
    """Return the record of an exploration that found an unsafe order, with hostile words in it."""
    return {
        "stack": "flask",
        "strategy": "no_lock",
        "case": "",
        "start": 10,
        "users": 1,
        "requests": 2,
        "workers": 2,
        "schedules": 6,
        "unsafe": 4,
        "exhausted": True,
        "verdict": "unsafe",
        "expected": "unsafe",
        "hash": hash_,
        "by_preemptions": {"0": [2, 0], "1": [4, 4]},
        "counterexample": {
            "preemptions": 1,
            "steps": [{"request": 0, "sql": "SELECT 1"}],
            "balance": 0,
            "paid_out": 20,
        },
        "setting": setting,
        "told": f"4 of 6 schedules unsafe {HOSTILE}",
        "picture": HOSTILE_PICTURE,
        "story": [{"request": 1, "text": HOSTILE, "facts": ["reads 10"]}],
    }


BARE = {
    "stack": "flask",
    "clients": 8,
    "throughput": 543.2,
    "throughput_spread": [500.3, 600.4],
    "p50_ms": 1.5,
}
"""The page that no database is behind, of a bench."""


def measured(accounts: int) -> dict[str, Any]:
    """Return one cell of a bench."""
    return {
        "stack": "flask",
        "strategy": "no_lock",
        "accounts": accounts,
        "clients": 8,
        "throughput": 123.4,
        "throughput_spread": [100.1, 130.2],
        "p50_ms": 5.0,
        "p99_ms": None,
        "errors": 0,
        "retries": 3,
        "limit_throughput": 1000.0,
        "ratio_to_limit": 0.1234,
        "money": ["start 10 != balance 0"],
    }
