"""What the tests' fixtures give: a database that is explored, and labs of scripts on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from racewalk.schedule.runner import LiveRunner
from racewalk.targets.session import Scripted
from racewalk.wire.proxy import Address


@dataclass(frozen=True)
class Database:
    """How to reach the explored database."""

    conninfo: str
    superuser: str
    address: Address


MakeLab = Callable[[Sequence[Scripted]], LiveRunner]
