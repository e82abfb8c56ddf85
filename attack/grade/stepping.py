"""The race that a repair fails in, as a page on which its author is the scheduler.

What is recorded is what the database and the wire show. Of the repair's Python nothing is: it runs
where nobody is let in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Final

from attack.grade.accounts import NAMES
from attack.grade.reasons import REASONS
from attack.grade.trial import Ask, Trial
from racewalk import Budget, Database, Explorer, Outcome, Race
from racewalk.record.document import Title, document
from racewalk.record.recorder import Recorder
from racewalk.record.view import Table, View
from racewalk.stepper import page_of as page_with
from racewalk.words import name
from shared_db.server import server_version

Place = tuple[Database, Path]
_SECONDS: Final = 60.0
"""For the orders that an exploration needs; what is left of their graph is walked after it."""
_WORDS: Final = {"elsewhere": "changed elsewhere"}
"""What a reader is told in place of a fact's name."""
_ONE: Final = "SELECT 1"
_SHOWN: Final[dict[str, tuple[Table, ...]]] = {
    "withdraw": (
        Table('"user"', ("money", "version"), "id", "{users}"),
        Table("withdraw_logs", ("amount",), "user_id", "{users}"),
    ),
    "transfer": (
        Table('"user"', ("money",), "id", "{users}"),
        Table("transfer", ("receiver_id", "amount"), "sender_id", "{users}"),
    ),
    "redeem": (Table("redemption", ("user_id",), "coupon_id", _ONE),),
    "draw": (
        Table("lottery", ("prizes",), "id", _ONE),
        Table("win", ("user_id",), "lottery_id", _ONE),
    ),
    "spend": (Table("points", ("change",), "user_id", "{users}"),),
    "resign": (Table("duty", ("team", "on_duty"), "user_id", "SELECT user_id FROM duty"),),
}
"""Of which tables rows are shown, by the door that is asked."""


def page_of(title: str, trial: Trial, race: Race, explorer: Explorer, place: Place) -> str:
    """Record a race, and return a page with all its orders; '' where not all can be recorded.

    Args:
        title: of the page.
        trial: what was tried.
        race: the same as a race, on the explorer's database.
        explorer: keeps the applications; of no further use where nothing was recorded.
        place: the explorer's database, and a folder for what is written meanwhile.
    """
    database, folder = place
    view = view_of(trial)
    with Recorder(explorer, database, folder) as recorder:
        recording = recorder.record(race, view, Budget(_SECONDS))
    if recording.graph is None:
        return ""
    told = Title(
        cell={"title": title},
        versions={
            "postgresql": server_version(database.superuser_url),
            "python": python_version(),
            "racewalk": version("racewalk"),
        },
        recorded=datetime.now(UTC).date().isoformat(),
        requests=[{"name": name(n), "does": _does(ask)} for n, ask in enumerate(trial.asks)],
        facts=[_WORDS.get(fact, fact) for fact in trial.facts],
    )
    ending = partial(_ending, trial)
    return page_with(document(recording.certificate, recording.graph, view, told, ending), "own")


def view_of(trial: Trial) -> View:
    """Return what is shown of a trial: the rows of those who ask, or of what they ask for."""
    users = ", ".join(f"({user})" for user in sorted(_users(trial.asks)))
    values = f"SELECT id FROM (VALUES {users}) AS given (id)"  # noqa: S608 - numbers of ours
    tables = dict.fromkeys(table for ask in trial.asks for table in _SHOWN[ask.door])
    shown = (
        Table(each.name, each.columns, each.match, each.values.format(users=values))
        for each in tables
    )
    return View(trial.column or (), tuple(shown))


def _users(asks: Sequence[Ask]) -> set[int]:
    given = {int(value) for ask in asks for field, value in ask.fields if field == "receiver"}
    return given | {ask.user for ask in asks}


def _does(ask: Ask) -> str:
    given = " ".join(value for field, value in ask.fields if field != "key")
    return f"{NAMES[ask.user]}: {ask.door} {given}".rstrip()


def _ending(trial: Trial, end: Outcome) -> dict[str, Any]:
    """Return what is said of an end: in one sentence, and what is bad about it."""
    if fault := trial.fault(end):
        return {"words": fault.seen or REASONS[fault.reason], "bad": fault.reason}
    return {"words": f"As it was asked for: {', '.join(end.answers)}.", "bad": None}
