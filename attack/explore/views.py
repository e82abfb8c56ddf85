"""What is shown of a cell when it is recorded: its users' rows, and the strategy's Python."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from psycopg import sql

from attack import targets
from attack.explore.cells import Cell
from racewalk.record.view import Code, Table, View
from shared_db.accounts import USERS
from shared_db.paths import CHECKOUT

_MONEY: Final = "money"
_OTHERS: Final = frozenset({"version"})
"""Columns of a user that are shown where the strategy names them."""


def view_of(cell: Cell) -> View:
    """Return what is shown of a cell."""
    names = sql.SQL(", ").join(sql.Literal(user.username) for user in USERS[: cell.users])
    ids = sql.SQL('SELECT id FROM "user" WHERE username IN ({})').format(names).as_string()
    package = f"{cell.stack}_app"
    strategies = f"{package}/strategies/"
    shown = (_MONEY, *sorted(_OTHERS & _named(CHECKOUT / strategies / f"{cell.strategy.slug}.py")))
    return View(
        column=targets.load().balance_column,
        tables=(
            Table('"user"', shown, "id", ids),
            Table("withdraw_logs", ("amount",), "user_id", ids),
        ),
        code=Code(CHECKOUT, (package,), strategies, shown),
    )


def _named(file: Path) -> set[str]:
    """The attributes and keyword arguments that a file's code names."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {str(node.arg) for node in nodes if isinstance(node, ast.keyword)}
