"""The site as a reader has it: built by the command that its pages name."""

import os
import subprocess
from pathlib import Path

import pytest

from shared_db.paths import CHECKOUT


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    built = subprocess.run(
        ["make", "docs"],  # noqa: S607
        cwd=CHECKOUT,
        env=inherited,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return CHECKOUT / "docs/_build/html"
