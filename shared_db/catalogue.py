"""The catalogue of strategies, read from catalogue.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from shared_db.runtime import runtime

Kind = Literal["vulnerable", "defence", "trap"]
Expected = Literal["exploited", "held", "starved"]
Account = Literal["", "forbid_overdraft", "allow_overdraft"]
Setting = Literal["one", "all", "users"]
"""What an exploration gives its requests: one account with money for one of them, one with money
for all, or an account of its own for each, with money for one."""
Explored = Literal["unsafe", "starved", "waits", "aborts", "safe"]
"""What an exploration finds, the worst first: see attack.explore.judge."""

_EXPLORED: dict[Expected, Explored] = {
    "exploited": "unsafe",
    "held": "safe",
    "starved": "starved",
}

_ATTACKED: dict[Explored, Expected] = {
    explored: expected for expected, explored in _EXPLORED.items()
}


@dataclass(frozen=True)
class Case:
    """One row of a strategy in the tables: what its attack differs in from an ordinary one.

    `expected` has the verdict of each stack on which the case exists; `explored` what the explorer
    must find on a stack in a setting, where that does not follow from the attack's verdict.
    `unexplored` names stacks and settings that are left out.
    """

    expected: tuple[tuple[str, Expected], ...]
    explored: tuple[tuple[tuple[str, Setting], Explored], ...] = ()
    name: str = ""
    workers: int | None = None
    atomic_requests: bool = False
    intents: Literal["each", "one"] = "each"
    money: Literal["given", "every", "one"] = "given"
    beside: str = ""
    trials: int | None = None
    unexplored: tuple[str, ...] = ()

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks on which the case exists."""
        return tuple(stack for stack, _ in self.expected)

    @property
    def stacks_differ(self) -> bool:
        """Whether it exists on several stacks and they are expected to disagree."""
        return len({verdict for _, verdict in self.expected}) > 1

    def expected_on(self, stack: str) -> Expected:
        """Return the verdict that an attack on this stack must reach.

        Raises:
            KeyError: the case does not exist there.
        """
        return dict(self.expected)[stack]

    def attacked_on(self, stack: str, setting: Setting) -> Expected:
        """Return the verdict that an attack on this stack must reach in a setting of one account.

        What the explorer must find there tells it: nobody can be paid too much where there is
        money for all, and nobody too little where one payout is right and somebody is paid.

        Raises:
            KeyError: the case does not exist there.
        """
        return _ATTACKED[self.explored_on(stack, setting)]

    def explored_on(self, stack: str, setting: Setting) -> Explored:
        """Return what an exploration on this stack must find in a setting.

        Unless the catalogue says otherwise, one account fares as in an attack, and users with
        accounts of their own have nothing to do with each other.

        Raises:
            KeyError: the case does not exist there.
        """
        follows = _EXPLORED[self.expected_on(stack)] if setting != "users" else "safe"
        return dict(self.explored).get((stack, setting), follows)


@dataclass(frozen=True)
class Strategy:
    """One way to write a withdrawal; the same slug names its file in both applications."""

    number: int
    slug: str
    title: str
    kind: Kind
    how: str
    cases: tuple[Case, ...]
    holds: str = ""
    account: Account = ""
    ledger: Literal["stored", "derived"] = "stored"
    keyed: bool = False

    @property
    def path(self) -> str:
        """Path of the strategy's page on both stacks."""
        return f"/withdraw{self.number}"

    @property
    def guess_path(self) -> str:
        """Path to which the guess of that page is sent."""
        return f"{self.path}/guess"

    @property
    def beside(self) -> str:
        """Name of the request that races with the withdrawals, '' where they race alone."""
        return next((case.beside for case in self.cases if case.beside), "")

    @property
    def starves(self) -> bool:
        """Whether an attack finds, on one of the stacks, that it pays too little."""
        return any(verdict == "starved" for case in self.cases for _, verdict in case.expected)

    @property
    def forbid_overdraft(self) -> bool:
        """The account's setting under which the strategy is attacked."""
        return self.account == "forbid_overdraft"


@cache
def strategies() -> tuple[Strategy, ...]:
    """Return every strategy in the order of its number."""
    text = Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8")
    entries = [_strategy(entry) for entry in tomllib.loads(text)["strategy"]]
    return tuple(sorted(entries, key=lambda entry: entry.number))


def _strategy(entry: dict[str, Any]) -> Strategy:
    of_all = {key: entry.pop(key) for key in ("expected", "explored") if key in entry}
    cases = entry.pop("case", [{}])
    return Strategy(**entry, cases=tuple(_case(of_all | case) for case in cases))


def _case(entry: dict[str, Any]) -> Case:
    expected = _by_stack(entry.pop("expected"))
    explored = {
        (stack, setting): verdict
        for setting, verdicts in entry.pop("explored", {}).items()
        for stack, verdict in _by_stack(verdicts).items()
        if stack in expected
    }
    return Case(
        expected=tuple(expected.items()),
        explored=tuple(explored.items()),
        unexplored=tuple(entry.pop("unexplored", ())),
        **entry,
    )


def _by_stack(verdict: str | dict[str, Any]) -> dict[str, Any]:
    """Return the verdict of each stack; one that stands alone is that of all."""
    return dict.fromkeys(runtime().ports, verdict) if isinstance(verdict, str) else verdict


def by_number(number: int) -> Strategy | None:
    """Return the strategy at /withdraw<number>, or None where there is no such page."""
    return next((entry for entry in strategies() if entry.number == number), None)
