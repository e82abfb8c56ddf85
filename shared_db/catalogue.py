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


@dataclass(frozen=True)
class Case:
    """One row of a strategy in the tables: what its attack differs in from an ordinary one.

    `expected` has the verdict of each stack on which the case exists.
    """

    expected: tuple[tuple[str, Expected], ...]
    name: str = ""
    workers: int | None = None
    atomic_requests: bool = False
    intents: Literal["each", "one"] = "each"
    money: Literal["given", "every", "one"] = "given"

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
    cases = entry.pop("case", None) or [{"expected": entry.pop("expected")}]
    return Strategy(**entry, cases=tuple(_case(case) for case in cases))


def _case(entry: dict[str, Any]) -> Case:
    expected = entry.pop("expected")
    if isinstance(expected, str):
        expected = dict.fromkeys(runtime().ports, expected)
    return Case(expected=tuple(expected.items()), **entry)


def by_number(number: int) -> Strategy | None:
    """Return the strategy at /withdraw<number>, or None where there is no such page."""
    return next((entry for entry in strategies() if entry.number == number), None)
