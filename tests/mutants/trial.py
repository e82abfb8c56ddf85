"""Attack a batch of mutants: a copy of the project, with stacks and a database of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared_db.catalogue import strategies
from shared_db.paths import CHECKOUT
from shared_db.ports import free_port
from tests.mutants.model import Mutant, batches, mutants

PACKAGES = ("shared_db", "flask_app", "django_app", "attack")
TRIALS = 5
_WITHIN_S = 240
_FROM_WORST = ("exploited", "starved", "unknown", "held")


@dataclass(frozen=True)
class Finding:
    """What the harness said of a strategy with a mistake in it, on one stack, in its cases."""

    stack: str
    strategy: str
    cells: tuple[dict[str, Any], ...]

    @property
    def worst(self) -> dict[str, Any]:
        """The case with the worst verdict."""
        return min(self.cells, key=lambda cell: _FROM_WORST.index(cell["verdict"]))

    @property
    def verdict(self) -> str:
        """The worst verdict of the cases."""
        return str(self.worst["verdict"])

    @property
    def found(self) -> bool:
        """Whether the harness told the mistake for certain."""
        return self.verdict in {"exploited", "starved"}


@contextmanager
def workshop() -> Iterator[Path]:
    """Yield an empty folder for copies and data, which a server that runs as nobody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="overdraft-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def attack(folder: Path, batch: Iterable[Mutant], slugs: Iterable[str]) -> list[Finding]:
    """Plant a batch in a copy of the project, attack the strategies, return what was found."""
    root, results = folder / "project", folder / "fire.json"
    for package in PACKAGES:
        shutil.copytree(
            CHECKOUT / package, root / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    try:
        for mutant in batch:
            for patch in mutant.patches:
                patch.plant(root)
        _fire(root, folder / "lab", results, ",".join(slugs))
        return list(_findings(json.loads(results.read_text())["cells"]))
    finally:
        shutil.rmtree(root)
        results.unlink(missing_ok=True)


def attack_all() -> Iterator[tuple[Mutant | None, Finding]]:
    """Yield what was found of every mutant, and first, with None, of the defences unspoilt."""
    with workshop() as folder:
        defences = [each.slug for each in strategies() if each.kind == "defence"]
        yield from ((None, finding) for finding in attack(folder, [], defences))
        for batch in batches(mutants()):
            spoilt = {slug: mutant for mutant in batch for slug in mutant.strategies}
            for finding in attack(folder, batch, spoilt):
                yield spoilt[finding.strategy], finding


def _fire(root: Path, lab: Path, results: Path, slugs: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {
        "PYTHONPATH": str(root),
        "OVERDRAFT_LAB": str(lab),
        "FLASK_PORT": str(free_port()),
        "DJANGO_PORT": str(free_port()),
    }
    program = [sys.executable, "-c", "from attack.cli import main; main()", "fire"]
    options = ["--strategy", slugs, "--trials", str(TRIALS), "--json", str(results)]
    done = subprocess.run(
        [*program, *options],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    assert done.returncode in {0, 1, 3}, done.stderr


def _findings(cells: list[dict[str, Any]]) -> Iterator[Finding]:
    places = dict.fromkeys((cell["stack"], cell["strategy"]) for cell in cells)
    for place in places:
        mine = [cell for cell in cells if (cell["stack"], cell["strategy"]) == place]
        yield Finding(*place, tuple(mine))
