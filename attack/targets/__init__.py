"""Targets: an application under attack, described by a file and not by code."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Beside:
    """A request that races beside withdrawals and asks for no payout.

    Attributes:
        path: of the page with the form, which is sent to the same address.
        fields: what to fill in, with {username} in it; hidden ones are read from the page.
        method: 'POST', or 'GET' for a page that is only looked at.
        success_status: of the answer to a request that did what it asked for.
        success_location: where that answer leads to, or ''.
    """

    path: str
    fields: dict[str, str]
    method: str
    success_status: int
    success_location: str


@dataclass(frozen=True)
class Target:
    """How to log in, what to send, how to reset and read the ledger.

    `lab_id` is what every answer has to carry, or '' where the lab that is attacked has no id.
    """

    stacks: tuple[str, ...]
    login_path: str
    username_field: str
    password_field: str
    request_path: str
    amount_field: str
    key_field: str
    success_status: int
    success_location: str
    refused_status: frozenset[int]
    balance_column: str
    reset_sql: str
    read_sql: str
    read_derived_sql: str
    others_sql: str
    reset_others_sql: str
    beside: dict[str, Beside]
    lab_id: str = ""


@cache
def load(name: str = "overdraft") -> Target:
    """Read the target file of that name."""
    table: dict[str, Any] = tomllib.loads(
        Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")
    )
    login, request, ledger = table["login"], table["request"], table["ledger"]
    return Target(
        stacks=tuple(table["stacks"]["names"]),
        login_path=login["path"],
        username_field=login["username"],
        password_field=login["password"],
        request_path=request["path"],
        amount_field=request["amount"],
        key_field=request["key"],
        success_status=request["success_status"],
        success_location=request["success_location"],
        refused_status=frozenset(request["refused_status"]),
        balance_column=ledger["balance"],
        reset_sql=ledger["reset"],
        read_sql=ledger["read"],
        read_derived_sql=ledger["read_derived"],
        others_sql=ledger["others"],
        reset_others_sql=ledger["reset_others"],
        beside={name: _beside(entry) for name, entry in table.get("beside", {}).items()},
    )


def _beside(entry: dict[str, Any]) -> Beside:
    return Beside(
        path=entry["path"],
        fields=entry.get("fields", {}),
        method=entry.get("method", "POST"),
        success_status=entry["success_status"],
        success_location=entry.get("success_location", ""),
    )
