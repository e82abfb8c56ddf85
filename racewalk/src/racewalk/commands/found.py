"""What kind of project a folder holds: which framework, where its application is, what it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from racewalk.commands.address import DatabaseAddress, address_in
from racewalk.files import read_text

_SKIPPED: Final = frozenset(
    {"node_modules", "site-packages", "tests", "test", "migrations", "docs"}
)
_MOST_FILES: Final = 2_000
_FRAMEWORKS: Final = {"FastAPI": "fastapi", "Starlette": "fastapi", "Flask": "flask"}
_ASYNC_DRIVER: Final = re.compile(r"postgresql\+(asyncpg|psycopg|psycopg2)\b")


@dataclass(frozen=True, slots=True)
class Project:
    """What was found.

    Attributes:
        kind: 'django', 'flask' or 'fastapi'.
        application: its path, 'shop.wsgi:application'.
        why: the file that it was read from, in words.
        address: where its code reads the database's address from.
        is_async: whether the application is served by ASGI.
        scheme: what the database's URL has to begin with.
        sessions: whether Django keeps its sessions in the database.
        manage: whether there is Django's manage.py.
        alembic: whether there is an alembic.ini.
    """

    kind: str
    application: str
    why: str
    address: DatabaseAddress
    is_async: bool = False
    scheme: str = "postgresql"
    sessions: bool = False
    manage: bool = False
    alembic: bool = False


def project_in(folder: Path) -> Project | None:
    """Return what a folder holds, or None where it is none of those."""
    sources = {path: _read(path) for path in _python_files(folder)}
    trees = {path: tree for path, source in sources.items() if (tree := _parsed(source))}
    shown = {path.relative_to(folder): tree for path, tree in trees.items()}
    text, address = "\n".join(sources.values()), address_in(shown)
    # flask-script's file has this name, too.
    if "execute_from_command_line" in sources.get(folder / "manage.py", ""):
        return _django(shown, text, address)
    driver = _ASYNC_DRIVER.search(text)
    scheme = f"postgresql+{driver[1]}" if driver else "postgresql"
    for path, tree in shown.items():
        if found := _application(tree):
            kind, name = found
            return Project(
                kind,
                f"{_module(path)}:{name}",
                f"{path} makes it",
                address,
                is_async=kind == "fastapi",
                scheme=scheme,
                alembic=(folder / "alembic.ini").exists(),
            )
    return None


def _django(
    trees: Mapping[Path, ast.Module], text: str, address: DatabaseAddress
) -> Project | None:
    """Django's application: as its settings name it, else the file that startproject makes."""
    sessions = "django.contrib.sessions" in text and "signed_cookies" not in text
    for word, file in (("WSGI_APPLICATION", "wsgi.py"), ("ASGI_APPLICATION", "asgi.py")):
        named = [
            (f"{module}:{name}", f"{word} in {path}")
            for path, tree in trees.items()
            for value in _assigned(tree, word)
            for module, _, name in [value.rpartition(".")]
            if module
        ]
        made = [(f"{_module(path)}:application", str(path)) for path in trees if path.name == file]
        if found := [*named, *made]:
            application, why = found[0]
            is_async = file == "asgi.py"
            return Project(
                "django", application, why, address, is_async, sessions=sessions, manage=True
            )
    return None


def _assigned(tree: ast.Module, name: str) -> Iterator[str]:
    """The texts that a module assigns to a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
            text = getattr(node.value, "value", None)
            if isinstance(text, str):
                yield text


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _python_files(folder: Path) -> Iterator[Path]:
    open_, seen = [folder], 0
    while open_ and seen < _MOST_FILES:
        here = open_.pop(0)
        try:
            entries = sorted(here.iterdir())
        except OSError:
            continue
        for path in entries:
            if path.is_dir() and not path.name.startswith(".") and path.name not in _SKIPPED:
                if not (path / "pyvenv.cfg").exists():
                    open_.append(path)
            elif path.suffix == ".py":
                seen += 1
                yield path


def _read(path: Path) -> str:
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError):
        return ""


def _module(path: Path) -> str:
    parts = list(path.with_suffix("").parts)
    if parts and parts[0] == "src":
        parts = parts[1:]
    if parts and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def _application(tree: ast.Module) -> tuple[str, str] | None:
    """The framework and the name of an application in a module, or of what makes one."""
    for node in tree.body:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        kind = _called(value)
        if kind and isinstance(targets[0], ast.Name):
            return kind, targets[0].id
        if isinstance(node, ast.FunctionDef) and node.name in ("create_app", "make_app"):
            made = next(filter(None, (_called(each) for each in ast.walk(node))), None)
            if made:
                return made, f"{node.name}()"
    return None


def _called(node: ast.AST | None) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return _FRAMEWORKS.get(name)
