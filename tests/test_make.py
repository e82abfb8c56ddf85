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


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (1, 0), (3, 0), (2, 2), (130, 2)])
def test_a_verdict_is_no_error_of_make(tmp_path: Path, code: int, expected: int) -> None:
    (tmp_path / "installed").write_text(str(CHECKOUT))
    stub = tmp_path / "bin" / "attack"
    stub.parent.mkdir()
    stub.write_text(f"#!/bin/sh\necho the next command\nexit {code}\n")
    stub.chmod(0o700)
    ran = subprocess.run(
        ["/usr/bin/env", "make", "grade", "N=1", "STACK=flask", f"VENV={tmp_path}"],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert ran.returncode == expected
    assert ("***" in ran.stdout) is (expected != 0)
    assert expected or ran.stdout.splitlines() == ["the next command"]
