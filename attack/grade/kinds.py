"""The kinds of exercises, each with the trials that its repairs are put to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from attack.grade.admins import Admins
from attack.grade.exercises import Exercise
from attack.grade.prizes import Prizes
from attack.grade.transfers import Transfers
from attack.grade.trial import Trial
from attack.grade.withdrawals import Withdrawals


class Kind(Protocol):
    """What repairs of one kind are put to, and on which tables."""

    @property
    def tables(self) -> str:
        """SQL that makes and fills the tables."""

    @property
    def parents_first(self) -> Sequence[str]:
        """Names of the tables, none before one that it refers to."""

    @property
    def grants(self) -> str:
        """SQL that tells what a repair's role may do."""

    def contract(self) -> list[Trial]:
        """Return what is tried with one request after the other; each has two."""

    def races(self) -> list[Trial]:
        """Return what is explored with a process for each request."""

    def overtaking(self) -> Trial | None:
        """Return three requests of which two go by while one is held; None where that is no race
        of its own."""

    def in_one_process(self) -> Trial | None:
        """Return what is explored with all requests in one process."""

    def salvo(self) -> Trial:
        """Return what is sent at full speed."""

    def crash(self) -> tuple[Trial, str]:
        """Return two requests, and a statement that makes the first one stop half-way."""


def kind_of(exercise: Exercise, random: Random) -> Kind:
    """Return the trials of an exercise, with numbers drawn."""
    return _KINDS[exercise.kind](random, **exercise.options.get("trials", {}))


_KINDS: dict[str, Callable[..., Kind]] = {
    "withdrawal": Withdrawals,
    "transfer": Transfers,
    "prizes": Prizes,
    "admins": Admins,
}
