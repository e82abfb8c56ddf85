"""A job of kind 'attack': one strategy on one stack, on the account of whoever asked."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from attack import targets
from attack.accounts import Accounts
from attack.fire import Attacker
from attack.ledger import Ledger
from attack.plan import DEFAULTS, Cell, Plan, label
from attack.report.fire_json import cell_to_json
from attack.stacks.where import Stacks
from attack.store import Store
from attack.words import PLAIN
from classroom.accounts import Account
from classroom.queue import Job
from shared_db.accounts import ADMIN, STRICT, STUDENTS
from shared_db.catalogue import strategies

TRIALS = 3
# Whose owners do as they please while somebody attacks their own account.
_BUSY = (*STUDENTS, ADMIN.username, STRICT.username)


def attack(
    job: Job, accounts: Mapping[str, Account], stacks: Stacks, folder: Path
) -> dict[str, Any]:
    """Carry an attack out, and return each row of it, with its verdict.

    Nobody else's account is logged in to or written, and nobody's but this one is kept from a
    reset meanwhile.

    Args:
        job: what was asked for: a strategy's slug, and a stack.
        accounts: of the class, by name.
        stacks: that are up.
        folder: where the history of the attack is kept.

    Raises:
        LabError: a stack or the database does not answer, or somebody attacks all accounts.
    """
    login = accounts[job.student]
    target = replace(targets.load(), lab_id=stacks.lab_id)
    ledger = Ledger(target, stacks.database_url)
    busy = [name for name in _BUSY if name != job.student]
    attacker = Attacker(
        target,
        stacks.instances(),
        ledger,
        Store(folder),
        stacks.log_of,
        Accounts(target, [login], busy),
    )
    try:
        ledger.lock(job.student)
        cells = attacker.run(_plan(job), stacks.workers, lambda: None)
        return {"rows": [_row(cell) for cell in cells]}
    finally:
        attacker.close()
        ledger.close()


def _plan(job: Job) -> Plan:
    (strategy,) = (each for each in strategies() if each.slug == job.asked["strategy"])
    settings = {name: DEFAULTS[name] for name in ("requests", "threads", "start", "amount")}
    return Plan(
        stacks=(job.asked["stack"],),
        strategies=(strategy,),
        techniques=(DEFAULTS["technique"],),
        trials=TRIALS,
        **settings,
    )


def _row(cell: Cell) -> dict[str, Any]:
    told = cell_to_json(cell)
    kept = ("verdict", "reason", "requests", "start", "amount", "right", "payouts", "balance")
    return {
        "place": f"{label(cell.strategy, cell.case)} on {cell.stack}",
        "words": PLAIN[told["verdict"]],
        "conflicts": cell.conflicts,
        "others": _others(cell),
    } | {name: told[name] for name in kept}


def _others(cell: Cell) -> list[str]:
    """Return whose money changed although nobody but the attack was at work on it."""
    return sorted({name for trial in cell.trials for name in trial.touched})
