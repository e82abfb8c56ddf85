"""The jail: what is inside sees, and reaches, and may do."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from attack.grade.jail.scram import Proof
from attack.grade.lane import Lane
from shared_db.paths import CHECKOUT

SQL = "CREATE TABLE t (n int); INSERT INTO t VALUES (1)"
GRANT = "GRANT SELECT ON t TO {role}"
PREFIXES = [path for path in (sys.prefix, sys.base_prefix) if not path.startswith("/usr")]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="rooms are Linux's")


@pytest.fixture(scope="module")
def url(lane: Lane) -> Iterator[str]:
    """Return the URL of a database for a role that owns nothing."""
    with lane.database(SQL, ("t",), GRANT) as database:
        yield database.url


def inside(url: str, code: str, tmp_path: Path, room: str = "required") -> Any:
    """Run Python in jail and return what it prints as JSON."""
    shows = [word for path in dict.fromkeys(PREFIXES) for word in ("--show", path)]
    command = [sys.executable, "-m", "attack.grade.jail.main", "--notes", str(tmp_path / "notes")]
    command += ["--room", room, *shows, "--", sys.executable, "-c", f"import json\n{code}"]
    run = subprocess.run(
        command,
        env={**os.environ, "DATABASE_URL": url},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_database_answers_through_the_gate(url: str, tmp_path: Path) -> None:
    code = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(json.dumps(connection.execute("SELECT n, current_user FROM t").fetchone()))
"""
    assert inside(url, code, tmp_path) == [1, "repair_0"]


def test_the_password_is_not_inside(url: str, tmp_path: Path) -> None:
    code = "import os\nprint(json.dumps(dict(os.environ)))"

    password = urlsplit(url).password
    assert password
    assert password not in str(inside(url, code, tmp_path))


def test_without_it_the_server_refuses(url: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url, password="guessed")  # noqa: S106


def test_the_gate_is_for_one_role(url: str, tmp_path: Path) -> None:
    code = """
import os, psycopg
try:
    psycopg.connect(os.environ["DATABASE_URL"], user="postgres")
except psycopg.OperationalError as error:
    print(json.dumps(str(error)))
"""
    assert "for one role alone" in inside(url, code, tmp_path)


def test_another_database_is_not_reached(url: str, tmp_path: Path) -> None:
    code = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"], dbname="postgres") as connection:
    print(json.dumps(connection.execute("SELECT current_database()").fetchone()))
"""
    assert inside(url, code, tmp_path) == ["grade_0"]


def test_there_is_no_network(url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        code = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {listener.getsockname()[1]}), 1)
except OSError as error:
    print(json.dumps(error.strerror))
"""
        assert inside(url, code, tmp_path) in ("Network is unreachable", "Connection refused")


def test_nothing_else_of_the_machine_is_seen(url: str, tmp_path: Path) -> None:
    code = """
import os
seen = [os.path.exists(path) for path in ("/proc/1", "/etc/passwd", "/etc/shadow", "%s")]
print(json.dumps([seen, os.getpid()]))
"""
    assert inside(url, code % (CHECKOUT / "exercises"), tmp_path) == [[False] * 4, 1]


def test_nothing_can_be_written_but_a_little(url: str, tmp_path: Path) -> None:
    code = """
import os
failed = []
for path, size in (("/x", 1), ("/usr/x", 1), ("/doors/x", 1), ("/tmp/x", 2_000_000)):
    try:
        with open(path, "wb") as file:
            file.write(bytes(size))
    except OSError as error:
        failed.append(path)
print(json.dumps([failed, os.getuid() != 0]))
"""
    assert inside(url, code, tmp_path) == [["/x", "/usr/x", "/doors/x", "/tmp/x"], True]  # noqa: S108


def test_memory_and_processes_have_an_end(url: str, tmp_path: Path) -> None:
    code = """
import os
told = []
try:
    bytearray(2 << 30)
except MemoryError:
    told.append("memory")
end, open_until_then = os.pipe()
try:
    for _ in range(200):
        if os.fork() == 0:
            os.close(open_until_then)
            os.read(end, 1)
            os._exit(0)
except OSError:
    told.append("processes")
print(json.dumps(told))
"""
    assert inside(url, code, tmp_path) == ["memory", "processes"]


def test_the_fence_holds(url: str, tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, "{CHECKOUT}")
import fcntl, os, threading
from stage import fence
told = [fence.put_up()]
file = os.open("/usr", os.O_RDONLY)
for act in (os.fork, lambda: fcntl.flock(file, 2), lambda: os.execv("/bin/true", ["true"])):
    try:
        act()
        told.append("done")
    except OSError as error:
        told.append(error.errno)
thread = threading.Thread(target=told.append, args=("a thread",))
thread.start()
thread.join()
print(json.dumps(told))
"""
    shown = inside(url, code, tmp_path, room="none")
    assert shown == ["", 1, 1, 1, "a thread"]


def test_a_proof_is_that_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of RFC 7677, section 3; PostgreSQL takes no name in it."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda _bytes: "rOprNGfwEbeRWgbNEkqO")
    proof = Proof("pencil")
    proof._bare = "n=user,r=rOprNGfwEbeRWgbNEkqO"
    challenge = (
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    )

    assert proof.final(challenge) == (
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    )
    assert proof.accepts(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    assert not proof.accepts(b"v=AAAA")


def test_an_answer_to_somebody_else_is_refused() -> None:
    with pytest.raises(ValueError, match="somebody else"):
        Proof("pencil").final(b"r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
