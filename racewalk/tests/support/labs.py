"""What the tests' fixtures give: a database that is explored, and labs of scripts on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from racewalk.schedule.runner import LiveRunner
from racewalk.targets.session import Scripted
from racewalk.wire.proxy import Address


@dataclass(frozen=True)
class Database:
    """How to reach the explored database."""

    conninfo: str
    superuser: str
    address: Address


class MakeLab(Protocol):
    """Makes labs of scripts."""

    def __call__(self, scripts: Sequence[Scripted], *, plans: bool = True) -> LiveRunner:
        """Return one; without plans, where nobody reads its statements."""
