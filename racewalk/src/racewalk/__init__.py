"""The explorer: walk every interleaving of a few requests and give an exact, repeatable verdict.

A proxy that speaks PostgreSQL's wire protocol stands between the requests and the database. It
holds each connection before each statement; a scheduler releases one at a time; a search walks
the tree of choices. Each folder lists its modules, each of which knows only those above it:

    errors       what can go wrong, as one tree
    files        files that somebody else has written, read within a limit
    words        what is said in more than one place: verdicts, names of requests
    wire/        PostgreSQL's protocol: bytes, messages, steps; the proxy that holds them
    schedule/    one schedule: choices, steps, waits, outcome; the runner of it
    memory/      what an application said after the same replies, so that it need not be asked again
    commute/     what a step reads, locks and changes, and which steps depend on which
    rewrite/     the same application with other SQL: a statement's text with its changes
    search/      strategies, the loop, and the certificate
    judge/       what is asked of the requests one by one, and one after the other
    reset/       facts read and the start restored
    server/      a PostgreSQL of one's own
    targets/     what can be explored: scripted sessions, a race of requests to an application
    tap          overhears which SQL an application sends
    applications     those that are running on one database, each with what runs its schedules
    explorer     explores races on one database
    whatif/      which lock it is that holds a race, and what would repair it
    story/       counterexamples for people: story, picture, SVG
    record/      a race with all that there is to see: its whole graph, with the state at each node
    terminal/    somebody is the scheduler, in a terminal
    lanes/       processes that explore races side by side
    stepper/     a recording as a page on which the reader is the scheduler
    scenario/    a race as a file says it, on a database that is made for it
    reporters/   what was found, for people and for programs
    failures     schedules that broke something, kept to be run first the next time
    integrations/   how callables of a framework reach the database, for the plugin
    commands/    the commands of `racewalk`
    cli          the command line
    pytest_plugin   the plugin for pytest

How to explore a race of requests to an application:

    race = Race("two withdrawals", application, [withdraw, withdraw], before, facts, judges)
    certificate = explore(race, Database(url, superuser_url))
    print(certificate)                               # 80 of 92 schedules unsafe, exhausted (…)

How to explore something else: implement `Target` on the loop of a runner, as
`targets.scripts` does:

    target = ScriptedTarget(conninfo, [increment, increment], SqlReset(observer, facts, before))
    with LiveRunner(target, observer, database.address, judges) as runner:
        certificate = explore(runner, 2, BruteForce(), Budget(seconds=60))

The names below are promised, and those that `words`, `story`, `server`, `terminal`, `whatif` and
`tap` list; what else lies in the folders is open to see, and may change. To search otherwise,
implement `search.strategy.Strategy` (`next`, `saw`).

Facts to rely on:

- One schedule is determined by its choices: everything else is compared on every replay of a
  beginning, and a difference is a `DivergenceError`, never a result.
- Steps are sorted: one that sets a waiter free comes before the waiter's.
- After an error of `errors` a runner is only to be closed.
- The explored database is changed for good by `Observer.adopt` (ALTER DATABASE … SET): give the
  explorer a database of its own, one for each lane.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from racewalk.errors import (
    DivergenceError,
    DoubtError,
    LostError,
    ProtocolError,
    RacewalkError,
    ScenarioError,
    StalledError,
    UnorderableError,
)

if TYPE_CHECKING:
    from racewalk.applications import Database
    from racewalk.explorer import Explorer, explore, replay
    from racewalk.lanes.pool import Pool
    from racewalk.lanes.worker import Setting
    from racewalk.schedule.masks import Mask
    from racewalk.schedule.outcome import Facts, Outcome
    from racewalk.schedule.record import Answer, Run, Step
    from racewalk.schedule.schedule import Schedule
    from racewalk.schedule.target import Target
    from racewalk.search.budget import Budget
    from racewalk.search.certificate import Certificate
    from racewalk.targets.http import Response
    from racewalk.targets.login import Request, Session
    from racewalk.targets.race import Application, Race
    from racewalk.wire.noise import Rule
    from racewalk.words import Verdict

__all__ = [
    "Answer",
    "Application",
    "Budget",
    "Certificate",
    "Database",
    "DivergenceError",
    "DoubtError",
    "Explorer",
    "Facts",
    "LostError",
    "Mask",
    "Outcome",
    "Pool",
    "ProtocolError",
    "Race",
    "RacewalkError",
    "Request",
    "Response",
    "Rule",
    "Run",
    "ScenarioError",
    "Schedule",
    "Session",
    "Setting",
    "StalledError",
    "Step",
    "Target",
    "UnorderableError",
    "Verdict",
    "explore",
    "replay",
]

_HOMES: Final = {
    "Answer": "schedule.record",
    "Application": "targets.race",
    "Budget": "search.budget",
    "Certificate": "search.certificate",
    "Database": "applications",
    "Explorer": "explorer",
    "Facts": "schedule.outcome",
    "Mask": "schedule.masks",
    "Outcome": "schedule.outcome",
    "Pool": "lanes.pool",
    "Race": "targets.race",
    "Request": "targets.login",
    "Response": "targets.http",
    "Rule": "wire.noise",
    "Run": "schedule.record",
    "Schedule": "schedule.schedule",
    "Session": "targets.login",
    "Setting": "lanes.worker",
    "Step": "schedule.record",
    "Target": "schedule.target",
    "Verdict": "words",
    "explore": "explorer",
    "replay": "explorer",
}
"""Where the names are that are imported once they are asked for: every run of pytest imports this
package for its plugin, and most ask for nothing more."""


if not TYPE_CHECKING:  # a checker has to refuse a name that is none of these

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _promised(name, getattr(import_module(f"{__name__}.{_HOMES[name]}"), name))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _promised(name: str, found: Any) -> Any:
    """Keep a public name; a traceback and the documentation say that it is of this package."""
    found.__module__ = __name__
    globals()[name] = found
    return found


for _name in __all__:
    if _name not in _HOMES:
        _promised(_name, globals()[_name])
del _name
