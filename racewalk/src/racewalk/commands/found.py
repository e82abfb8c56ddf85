"""What kind of project a folder holds: which framework, where its application is, what it reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from racewalk.files import read_text

_SKIPPED: Final = frozenset(
    {"node_modules", "site-packages", "tests", "test", "migrations", "docs"}
)
_MOST_FILES: Final = 2_000
_FRAMEWORKS: Final = {"FastAPI": "fastapi", "Starlette": "fastapi", "Flask": "flask"}
_URL_VARIABLE: Final = re.compile(
    r"""["']([A-Z][A-Z0-9_]*(?:DATABASE|DB|POSTGRES)[A-Z0-9_]*(?:URL|URI|DSN))["']|["'](DATABASE_URL)["']"""
)
_ASYNC_DRIVER: Final = re.compile(r"postgresql\+(asyncpg|psycopg|psycopg2)\b")


@dataclass(frozen=True, slots=True)
class Project:
    """What was found.

    Attributes:
        kind: 'django', 'flask' or 'fastapi'.
        application: its path, 'shop.wsgi:application'.
        database_env: the variable that its code reads the database's URL from, or ''.
        scheme: what that URL has to begin with.
        sessions: whether Django keeps its sessions in the database.
        manage: whether there is a manage.py.
        alembic: whether there is an alembic.ini.
    """

    kind: str
    application: str
    database_env: str = ""
    scheme: str = "postgresql"
    sessions: bool = False
    manage: bool = False
    alembic: bool = False


def project_in(folder: Path) -> Project | None:
    """Return what a folder holds, or None where it is none of those."""
    files = list(_python_files(folder))
    sources = {path: _read(path) for path in files}
    text = "\n".join(sources.values())
    variables = [found[1] or found[2] for found in _URL_VARIABLE.finditer(text)]
    variable = "DATABASE_URL" if "DATABASE_URL" in variables else next(iter(variables), "")
    driver = _ASYNC_DRIVER.search(text)
    scheme = f"postgresql+{driver[1]}" if driver else "postgresql"
    if (folder / "manage.py").exists():
        wsgi = next((path for path in files if path.name == "wsgi.py"), None)
        module = _module(folder, wsgi) if wsgi else "project.wsgi"
        sessions = "django.contrib.sessions" in text and "signed_cookies" not in text
        return Project("django", f"{module}:application", variable, "postgresql", sessions, True)
    for path, source in sources.items():
        if found := _application(source):
            kind, name = found
            alembic = (folder / "alembic.ini").exists()
            return Project(
                kind, f"{_module(folder, path)}:{name}", variable, scheme, alembic=alembic
            )
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


def _module(folder: Path, path: Path) -> str:
    parts = list(path.relative_to(folder).with_suffix("").parts)
    if parts and parts[0] == "src":
        parts = parts[1:]
    if parts and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)


def _application(source: str) -> tuple[str, str] | None:
    """The framework and the name of an application in a module, or of what makes one."""
    if not any(name in source for name in _FRAMEWORKS):
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
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
