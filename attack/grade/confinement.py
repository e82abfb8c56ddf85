"""Whether this machine has rooms: to be asked before strangers' code is run beside each other's."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from attack.grade.application import shown_paths
from shared_db.paths import CHECKOUT

_SECONDS: Final = 30
_TRY: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from stage import fence
import flask, django, psycopg, gunicorn
sys.exit(fence.put_up() or 0)
"""


def why_none() -> str:
    """Return why a repair cannot run in a room here, in one line, or '' where it can."""
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        notes = Path(folder) / "notes"
        command = [
            sys.executable,
            "-m",
            "attack.grade.jail.main",
            "--notes",
            str(notes),
            "--place",
            folder,
        ]
        command += ["--room", "required", *shown_paths()]
        command += ["--", sys.executable, "-c", _TRY, str(CHECKOUT)]
        try:
            run = subprocess.run(
                command,
                env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
                cwd=CHECKOUT,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"nothing came of it within {_SECONDS} s"
        if notes.exists():
            return notes.read_text("utf-8").splitlines()[0].partition("\t")[2]
        lines = run.stderr.strip().splitlines() or ["no reason was told"]
        return lines[-1] if run.returncode else ""
