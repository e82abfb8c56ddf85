"""Find a run and read it: whole, cut short, or none at all, which is said in one line."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from attack import store
from attack.history import Trial
from attack.runs import lines
from attack.runs.records import (
    BENCH,
    CERTIFICATES,
    FORMAT,
    HEAD,
    SOURCES,
    VERDICTS,
    Bare,
    Bench,
    Certificate,
    Format,
    Head,
    Measured,
    Part,
    Row,
)
from shared_db.errors import LabError
from shared_db.paths import RUNS

T = TypeVar("T")
_LARGEST: Final = 2**63
"""What PostgreSQL and the clock can count to."""


@dataclass(frozen=True)
class Kept:
    """A run as it lies on the disk.

    cut_short: whether a part that was to be run has no end.
    """

    folder: Path
    head: Head
    trials: Sequence[Trial] = ()
    certificates: Sequence[Certificate] = ()
    measured: Sequence[Measured] = ()
    bare: Sequence[Bare] = ()
    sources: dict[tuple[str, str], str] = field(default_factory=dict)
    cut_short: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        return self.folder.name

    def has(self, part: Part) -> bool:
        """Tell whether there is anything of a part."""
        found = {"fire": self.trials, "explore": self.certificates, "bench": self.measured}
        return bool(found[part])


def names(runs: Path = RUNS) -> list[Path]:
    """Return the folders of all runs that were begun, the newest first."""
    return sorted((path.parent for path in runs.glob(f"*/{HEAD}")), reverse=True)


def find(name: str, runs: Path = RUNS) -> Path:
    """Return the folder of a run by its name, or by its path.

    Raises:
        LabError: there is none.
    """
    with suppress(OSError, ValueError):  # a name that is too long, or that has a null byte
        for folder in (Path(name), runs / name):
            if folder.is_dir():
                return folder
    known = names(runs)
    advice = f"the last is {known[0].name}" if known else "none is kept yet"
    raise LabError(f"there is no run {name[:255]}: {advice}")


def load(folder: Path) -> Kept:
    """Read a run.

    Raises:
        LabError: it is empty, another version's, damaged, or no run of this lab.
    """
    path = folder / HEAD
    if not path.exists():
        empty = not any(folder.iterdir())
        why = "it is empty" if empty else f"it has no {HEAD}"
        raise LabError(f"{folder} holds no run: {why}")
    written = _decode(path, Format).format
    if written != FORMAT:
        known = written.startswith(FORMAT.rpartition(" ")[0])
        whose = "was written by another version" if known else "is no run of this lab"
        raise LabError(f"{folder} {whose}: its format is {written[:40]!r}, not {FORMAT!r}")
    head = _decode(path, Head)
    rows = {row.key: row for row in head.rows}
    trials = list(_trials(folder, rows))
    certificates = list(_certificates(folder, rows))
    bench = folder / BENCH
    costs = _decode(bench, Bench) if bench.exists() else Bench()
    ended = _decode(folder / VERDICTS, dict) if (folder / VERDICTS).exists() else {}
    to_come = {part for part in head.settings if part != "bench"} - ended.keys()
    return Kept(
        folder,
        head,
        trials,
        certificates,
        costs.cells,
        costs.pages,
        _sources(folder),
        cut_short=bool(to_come),
    )


def _trials(folder: Path, rows: dict[tuple[str, str], Row]) -> Iterator[Trial]:
    path = folder / store.HISTORY
    if not path.exists():
        return
    for number, trial in enumerate(store.read(path), 1):
        row = rows.get((trial.strategy, trial.case))
        known = row is not None and trial.stack in row.expected
        if not known or trial.amount < 1 or any(abs(each) > _LARGEST for each in _numbers(trial)):
            raise LabError(f"{path}, line {number}, is no trial of what this run was to attack")
        yield trial


def _numbers(trial: Trial) -> Iterator[int]:
    """Yield every number that is reckoned with."""
    ledger = trial.ledger
    yield from (trial.start, trial.amount, ledger.balance, ledger.paid_out, ledger.payouts)
    for each in trial.salvo:
        times = (each.sent_ns, each.answered_ns, each.entered_ns, each.left_ns, each.retries)
        yield from (at for at in times if at is not None)


def _certificates(folder: Path, rows: dict[tuple[str, str], Row]) -> Iterator[Certificate]:
    path = folder / CERTIFICATES
    if not path.exists():
        return
    for number, each in enumerate(lines.read(path, Certificate), 1):
        if (each.strategy, each.case) not in rows:
            raise LabError(f"{path}, line {number}, is of no strategy of this run")
        yield each


def _sources(folder: Path) -> dict[tuple[str, str], str]:
    """Return the source of each strategy that was kept, by stack and slug."""
    try:
        return {
            (path.parent.name, path.stem): path.read_text(encoding="utf-8")
            for path in (folder / SOURCES).glob("*/*.py")
        }
    except (OSError, ValueError):
        raise LabError(f"{folder / SOURCES} cannot be read") from None


def _decode(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise LabError(f"{path} is no file of a run of this lab: {told}") from None
