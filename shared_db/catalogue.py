"""The catalogue of strategies, read from catalogue.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["vulnerable", "defence", "trap"]
Expected = Literal["exploited", "held"]
Account = Literal["", "forbid_overdraft", "allow_overdraft"]


@dataclass(frozen=True)
class Case:
    """One row of a strategy in the tables: what its attack differs in from an ordinary one."""

    expected: Expected
    name: str = ""
    workers: int | None = None
    intents: Literal["each", "one"] = "each"
    money: Literal["given", "every", "one"] = "given"


@dataclass(frozen=True)
class Strategy:
    """One way to write a withdrawal; the same slug names its file in both applications."""

    number: int
    slug: str
    title: str
    kind: Kind
    expected: Expected
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
    cases = entry.pop("case", [{"expected": entry["expected"]}])
    return Strategy(**entry, cases=tuple(Case(**case) for case in cases))


def by_number(number: int) -> Strategy | None:
    """Return the strategy at /withdraw<number>, or None where there is no such page."""
    return next((entry for entry in strategies() if entry.number == number), None)
