"""`make test`: its two halves run side by side, and each is read as a whole."""

import os
import subprocess
from pathlib import Path

import pytest

from shared_db.paths import CHECKOUT

PYTEST = """#!/bin/sh
for half; do :; done
for dot in 1 2 3 4 5; do echo "$half $dot"; sleep 0.02; done
test "$half" != "$FAILS"
"""
LAB, RACEWALK = ([f"{half} {dot}" for dot in range(1, 6)] for half in ("tests", "racewalk/tests"))


@pytest.mark.parametrize(
    ("fails", "succeeds"), [("", True), ("tests", False), ("racewalk/tests", False)]
)
def test_make_test(tmp_path: Path, fails: str, succeeds: bool) -> None:
    (tmp_path / "installed").write_text(str(CHECKOUT))
    stub = tmp_path / "pytest"
    stub.write_text(PYTEST)
    stub.chmod(0o700)
    ran = subprocess.run(
        ["/usr/bin/env", "make", "test", f"VENV={tmp_path}", f"PYTEST={stub}"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "FAILS": fails},
        capture_output=True,
        text=True,
    )
    assert (ran.returncode == 0) is succeeds, ran.stderr
    assert [line for line in ran.stdout.splitlines() if "tests " in line] == LAB + RACEWALK
    assert {each.name for each in tmp_path.iterdir()} == {"installed", "pytest"}
