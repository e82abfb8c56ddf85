"""Whoever has a lock may take long, and a wait for it may have an end of its own, by a timeout.

The explorer lets nobody wait for longer than it takes, and tells what it assumes thereby. Here the
time passes: one request is held after each of its steps, and the other waits as long as it will.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from attack.grade.reasons import TURNED_AWAY
from attack.grade.trial import Fault, Trial
from racewalk import Certificate, Explorer, Outcome, Race, Run, Schedule

LONGEST: Final = 6.0
"""Seconds for which somebody is held; a lock that goes on for longer is not told from one that
lasts."""
_SETS_WHO_KNOWS_WHAT: Final = re.compile(
    r"""set_config(?!"?\s*\(\s*(?:'[\w.]+'|\$\d+)(?:\s*::\s*\w+)?\s*,)"""
    r"""|\bpg_settings\b|\bU&"|\bDO\b.*\bEXECUTE\b""",
    re.IGNORECASE | re.DOTALL,
)
"""A parameter of the session is set whose name does not stand there."""


class Lasted(NamedTuple):
    """What came of it: a fault with the run that shows it, or whether a wait outlasted us."""

    found: tuple[Fault, Run, Outcome] | None = None
    outlasted: bool = False


def may_end(certificate: Certificate) -> bool:
    """Tell whether a wait may end by a timeout, as far as the statements of an exploration tell."""
    if certificate.assumed or "_timeout" in (certificate.inconclusive or ""):
        return True
    steps = (step for run in certificate.examples.values() for step in run.steps)
    return any(_SETS_WHO_KNOWS_WHAT.search(step.sql) for step in steps)


def held_long(explorer: Explorer, race: Race, trial: Trial) -> Lasted:
    """Hold the first of two requests after each of its steps, while the other one waits for it.

    Raises:
        RacewalkError: a run came to no end.
    """
    runner = explorer.applications.runner(race)
    alone, _ = runner.run(Schedule())
    steps = sum(choice.chosen == 0 for choice in alone.choices)
    runner.ask, runner.linger, runner.outlasted = (lambda able: able[-1].request), LONGEST, False
    try:
        for held in range(1, steps):
            run, end = runner.run(Schedule.of(*[0] * held))
            fault = trial.fault(end)
            if fault and fault.reason not in TURNED_AWAY:
                return Lasted((Fault("lock_expires", fault.seen), run, end))
            if runner.outlasted:
                return Lasted(outlasted=True)
    finally:
        runner.ask, runner.linger = None, 0.0
    return Lasted()
