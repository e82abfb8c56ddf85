"""Where the code of a project reads the database's address from: which variables, by which call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_URL: Final = re.compile(r"[A-Z0-9_]*(?:DATABASE|DB|POSTGRES)[A-Z0-9_]*(?:URL|URI|DSN)")
_DEFAULT: Final = "DATABASE_URL"
_FLASK_KEY: Final = "SQLALCHEMY_DATABASE_URI"
"""A key of the application's own configuration, and no variable."""
_PARTS: Final = ("HOST", "PORT", "USER", "PASSWORD", "NAME")
_READS: Final = frozenset({"getenv", "str", "env", "config"})
"""What reads a variable by its name: of os, environ.Env, environs and decouple."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """The variables that hold the address.

    Attributes:
        url: the variable that holds the whole URL, or ''.
        parts: by 'host', 'port', 'user', 'password' and 'name' the variable that holds it.
        why: the file, the line and the call that read it; '' where nothing was found.
    """

    url: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


def address_in(trees: Mapping[Path, ast.Module]) -> DatabaseAddress:
    """Return where the code reads the address from, a whole URL before its parts.

    Args:
        trees: of each file, by a path to be shown.
    """
    found = [
        DatabaseAddress(url, why=f"{path}:{line} calls {call}")
        for path, tree in trees.items()
        for url, line, call in _urls(tree)
    ]
    found = found or [
        DatabaseAddress(text, why=f"{path}:{node.lineno} names it")
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and _URL.fullmatch(text := _text(node))
        if text != _FLASK_KEY
    ]
    found.sort(key=lambda each: each.url != _DEFAULT)
    parts = (_parts(path, tree) for path, tree in trees.items())
    return next(iter([*found[:1], *filter(None, parts)]), DatabaseAddress())


def _urls(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    modules = {
        alias.name.partition(".")[0] if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            call = ast.unparse(node.func)
            by_url = call == "dj_database_url.config"
            by_env = node.func.attr in ("db", "db_url", "dj_db_url") and modules & _ENVS
            if by_url or by_env:
                yield _argument(node, "env" if by_url else "var") or _DEFAULT, node.lineno, call
                continue
        variable = _variable(node)
        if variable and _URL.fullmatch(variable):
            yield variable, node.lineno, ast.unparse(node)  # type: ignore[attr-defined]


_ENVS: Final = frozenset({"environ", "environs"})


def _argument(call: ast.Call, keyword: str) -> str:
    """The text that a call is given first or by a keyword, or ''."""
    named = [each.value for each in call.keywords if each.arg == keyword]
    return next(filter(None, map(_text, [*named, *call.args[:1]])), "")


def _variable(node: ast.AST) -> str:
    """The name of the variable that an expression reads, or ''."""
    if isinstance(node, ast.Subscript):
        return _text(node.slice) if ast.unparse(node.value).endswith("environ") else ""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        is_environ = ast.unparse(node.func.value).endswith("environ")
        return _argument(node, "key") if is_environ else ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return _argument(node, "key") if name in _READS else ""


def _parts(path: Path, tree: ast.Module) -> DatabaseAddress | None:
    """The variables of the parts in a dict with the keys of Django's DATABASES."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Dict):
            continue
        given = {_text(key): value for key, value in zip(node.keys, node.values, strict=True)}
        found = {
            part.lower(): variable
            for part in _PARTS
            if part in given
            for variable in filter(None, map(_variable, ast.walk(given[part])))
        }
        if "ENGINE" in given and found:
            names = ", ".join(found.values())
            return DatabaseAddress(parts=found, why=f"{path}:{node.lineno} reads {names}")
    return None


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
