"""Scenarios of the tests: a file in a folder, and `racewalk run` on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from racewalk.server.embedded import EmbeddedServer

APPS = Path(__file__).parents[1] / "apps"
SHOP = """
[app]
{served}
directory = "{directory}"
env = {{ DRIVER = "{driver}", PYTHONPATH = "{path}" }}

[database]
url = "{url}"
setup = ["stock.sql"]

[[race]]
name = "sold once"
requests = [{{ post = "/buy" }}, {{ post = "/buy" }}]
invariants = {{ "never below zero" = "SELECT min(n) >= 0 FROM stock" }}
serial = true
expected = "unsafe"

[[race]]
name = "sold once, locked"
requests = [{{ post = "/buy-locked" }}, {{ post = "/buy-locked" }}]
"""


def shop(url: str, driver: str = "one_off", served: str = 'wsgi = "drivers:app"') -> str:
    """Return the scenario of the shop without a framework."""
    return SHOP.format(served=served, directory=APPS, driver=driver, path=APPS.parent, url=url)


def empty(server: EmbeddedServer, name: str) -> str:
    """Make a database anew; return its URL for the superuser."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        named = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
    server.create(name)
    return server.url(name)


@dataclass(frozen=True)
class Ran:
    """How `racewalk` ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def races(self) -> dict[str, dict[str, Any]]:
        """What `--json -` told, by the names of the races."""
        assert self.out, (self.code, self.err)
        return {race["name"]: race for race in json.loads(self.out)["races"]}


def racewalk(*arguments: str | Path, stdin: str = "", cwd: Path | None = None) -> Ran:
    """Run the command."""
    done = subprocess.run(
        [sys.executable, "-m", "racewalk.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"COLUMNS": "200"},
        timeout=180,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
