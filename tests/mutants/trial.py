"""Attack and explore batches of mutants, in a copy of the project with a database of its own."""

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
from tests.mutants.model import Mutant, Patch, batches, mutants

PACKAGES = ("shared_db", "flask_app", "django_app", "attack")
TRIALS = 5
_WITHIN_S = 240
_FROM_WORST = (
    *("exploited", "unsafe", "starved", "waits", "aborts"),
    *("inconclusive", "unknown", "held", "safe"),
)
_CERTAIN = frozenset({"exploited", "unsafe", "starved", "waits", "aborts"})


@dataclass(frozen=True)
class Finding:
    """What was said of a strategy with a mistake in it, on one stack, in its cases.

    Attributes:
        attacked: the cells of `attack fire`.
        explored: the cells of `attack explore`.
    """

    stack: str
    strategy: str
    attacked: tuple[dict[str, Any], ...]
    explored: tuple[dict[str, Any], ...]

    @property
    def attack(self) -> dict[str, Any]:
        """The case with the attack's worst verdict."""
        return _worst(self.attacked)

    @property
    def exploration(self) -> dict[str, Any]:
        """The cell with the explorer's worst verdict, of those not expected if there are any."""
        unexpected = [cell for cell in self.explored if cell["verdict"] != cell["expected"]]
        return _worst(unexpected or self.explored)

    @property
    def by_attack(self) -> bool:
        """Whether the attack told the mistake for certain."""
        return self.attack["verdict"] in _CERTAIN

    @property
    def by_explorer(self) -> bool:
        """Whether the explorer told the mistake for certain."""
        found = self.exploration
        return found["verdict"] in _CERTAIN and found["verdict"] != found["expected"]


def _worst(cells: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return min(cells, key=lambda cell: _FROM_WORST.index(cell["verdict"]))


@contextmanager
def workshop() -> Iterator[Path]:
    """Yield an empty folder for copies and data, which a server that runs as nobody may enter."""
    folder = Path(tempfile.mkdtemp(prefix="overdraft-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def copy_of_the_project(folder: Path, patches: Iterable[Patch]) -> Iterator[Path]:
    """Yield a copy of the project with these patches planted."""
    root = folder / "project"
    for package in PACKAGES:
        shutil.copytree(
            CHECKOUT / package, root / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    try:
        for patch in patches:
            patch.plant(root)
        yield root
    finally:
        shutil.rmtree(root)


def explore(root: Path, folder: Path, slugs: Iterable[str]) -> list[dict[str, Any]]:
    """Return the cells of `attack explore` in a copy of the project."""
    return _cells(root, folder, "explore", "--strategy", ",".join(slugs))


def attack(folder: Path, batch: Iterable[Mutant], slugs: Iterable[str]) -> list[Finding]:
    """Plant a batch in a copy of the project, try the strategies, return what was found."""
    patches = [patch for mutant in batch for patch in mutant.patches]
    with copy_of_the_project(folder, patches) as root:
        which = ("--strategy", ",".join(slugs))
        attacked = _cells(root, folder, "fire", *which, "--trials", str(TRIALS))
        return list(_findings(attacked, explore(root, folder, slugs)))


def attack_all() -> Iterator[tuple[Mutant | None, Finding]]:
    """Yield what was found of every mutant, and first, with None, of the defences unspoilt."""
    with workshop() as folder:
        defences = [each.slug for each in strategies() if each.kind == "defence"]
        yield from ((None, finding) for finding in attack(folder, [], defences))
        for batch in batches(mutants()):
            spoilt = {slug: mutant for mutant in batch for slug in mutant.strategies}
            for finding in attack(folder, batch, spoilt):
                yield spoilt[finding.strategy], finding


def _cells(root: Path, folder: Path, command: str, *options: str) -> list[dict[str, Any]]:
    """Run a command of the harness in the copy; return the cells of its JSON."""
    results = folder / f"{command}.json"
    results.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {
        "PYTHONPATH": str(root),
        "OVERDRAFT_LAB": str(folder / "lab"),
        "FLASK_PORT": str(free_port()),
        "DJANGO_PORT": str(free_port()),
    }
    program = [sys.executable, "-c", "from attack.cli import main; main()", command]
    done = subprocess.run(
        [*program, *options, "--json", str(results)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_WITHIN_S,
        check=False,
    )
    assert done.returncode in {0, 1, 3}, done.stderr
    return list(json.loads(results.read_text())["cells"])


def _findings(attacked: list[dict[str, Any]], explored: list[dict[str, Any]]) -> Iterator[Finding]:
    for place in dict.fromkeys(_place(cell) for cell in attacked):
        yield Finding(
            *place,
            tuple(cell for cell in attacked if _place(cell) == place),
            tuple(cell for cell in explored if _place(cell) == place),
        )


def _place(cell: dict[str, Any]) -> tuple[str, str]:
    return cell["stack"], cell["strategy"]
