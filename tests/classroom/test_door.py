"""The door, by a real sshd and a real ssh: a menu, two forwards, and nothing else."""

import os
import pty
import re
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from attack import targets
from attack.client import Session
from classroom.questions import questions
from shared_db.ports import free_port
from tests.classroom.conftest import OwnClass
from tests.classroom.door import HOST, Knock, require_sshd

pytestmark = pytest.mark.acceptance

WITHIN_S = 20.0
# What a shell would do with them is seen at once.
SHELL_WORDS = [
    "id",
    "sh",
    "bash -i",
    "/bin/sh -c id",
    "attack 1 flask; id",
    "results && id",
    "results | sh",
    "$(id)",
    "`id`",
    "results\nid",
    "internal-sftp",
    "scp -t .",
    "scp -f ../s02/key",
    "rsync --server . .",
    "cat ../s02/key",
    "env",
    "python -c 'print(1)'",
    "'",
    '"unbalanced',
    "\x00",
]


@pytest.fixture(scope="module", autouse=True)
def _sshd() -> None:
    require_sshd()


@pytest.fixture
def one(door_class: OwnClass) -> Knock:
    """Return the first student."""
    return Knock(door_class, "s01")


@pytest.fixture(scope="module")
def door_class(_sshd: None, own_class: OwnClass) -> OwnClass:
    """Return a class, begun when there is an sshd."""
    return own_class


def test_a_student_attacks_and_sees_it(one: Knock) -> None:
    done = one.say("attack", "1", "flask")
    assert done.returncode == 0, done.stderr
    assert "no_lock on flask: pays twice" in done.stdout
    assert "pays twice" in one.say("results").stdout
    assert "Nothing yet" in Knock(one.own_class, "s02").say("results").stdout
    assert [job.student for job in one.own_class.queue.jobs()] == ["s01"]


def test_votes_are_those_of_the_key(one: Knock) -> None:
    assert one.say("vote", "6", "b").returncode == 0
    (vote,) = one.own_class.queue.votes()
    assert vote.student == "s01"


@pytest.mark.parametrize("words", SHELL_WORDS)
def test_no_shell_and_no_command(one: Knock, words: str) -> None:
    done = one.say(words.replace("\x00", "\x01"))
    assert "uid=" not in done.stdout + done.stderr
    assert "OVERDRAFT_LAB" not in done.stdout
    assert "PRIVATE KEY" not in done.stdout
    assert done.returncode == 2
    assert done.stdout.startswith("overdraft: ")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("variable", ["OVERDRAFT_STUDENT", "SSH_ORIGINAL_COMMAND", "BASH_ENV"])
def test_a_student_cannot_say_who_they_are(one: Knock, variable: str) -> None:
    sent = ("-o", f"SetEnv {variable}=s02", "-o", f"SendEnv {variable}")
    assert one.say("vote", "7", "a", options=sent).returncode == 0
    asked = questions()[7]
    voted = {
        each.student: each.last
        for each in one.own_class.queue.votes()
        if each.question == asked.slug
    }
    assert voted == {"s01": asked.says("a")}


def test_sftp_and_scp_are_refused(one: Knock) -> None:
    for command in (
        ["sftp", "-F", "s01/config", "-b", "-", HOST],
        ["scp", "-F", "s01/config", f"{HOST}:/etc/hostname", "taken"],
        ["scp", "-O", "-F", "s01/config", f"{HOST}:/etc/hostname", "taken"],
        ["scp", "-F", "s01/config", "s01/config", f"{HOST}:/tmp/left"],
    ):
        done = subprocess.run(
            command, cwd=one.folder, input=b"ls\n", capture_output=True, timeout=60, check=False
        )
        assert done.returncode != 0, command
    assert not (one.folder / "taken").exists()


@contextmanager
def forwarding(one: Knock, forward: str = "", *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Have a connection open that forwards this, in place of what the folder says."""
    text = (one.folder / one.student / "config").read_text()
    lines = [line for line in text.splitlines() if "LocalForward" not in line]
    (one.folder / one.student / "bare").write_text("\n".join(lines) + "\n")
    command = ["ssh", "-F", f"{one.student}/bare", "-N", "-o", "ExitOnForwardFailure=yes"]
    command += [*(["-L", forward] if forward else []), *options, HOST]
    process = subprocess.Popen(
        command, cwd=one.folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def listens(port: int) -> bool:
    """Tell whether somebody listens at a port within some seconds."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("stack", ["flask", "django"])
def test_the_pages_answer_through_the_forward(one: Knock, stack: str) -> None:
    port, there = free_port(), one.own_class.environment[f"{stack.upper()}_PORT"]
    with forwarding(one, f"127.0.0.1:{port}:127.0.0.1:{there}"):
        assert listens(port)
        password = one.own_class.passwords["s01"]
        Session(targets.load(), f"http://127.0.0.1:{port}", "s01", password).close()


def test_no_other_forward_leads_anywhere(one: Knock) -> None:
    board = one.own_class.environment["BOARD_PORT"]
    database = re.findall(r":(\d+)/", one.own_class.database_url)[0]
    for target in (f"127.0.0.1:{board}", f"127.0.0.1:{database}", f"localhost:{board}"):
        port = free_port()
        with forwarding(one, f"127.0.0.1:{port}:{target}"):
            assert listens(port), "ssh itself listens; what is behind it is refused"
            with pytest.raises(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/login", trust_env=False, timeout=5)


@pytest.mark.parametrize("options", [("-R", "0:127.0.0.1:22"), ("-R", "0")])
def test_nothing_is_forwarded_back(one: Knock, options: tuple[str, ...]) -> None:
    with forwarding(one, "", *options) as process:
        assert process.wait(WITHIN_S) != 0
        assert process.stderr
        assert "forwarding" in process.stderr.read()


def test_no_tunnel_and_no_agent(one: Knock) -> None:
    with forwarding(one, "", "-w", "any") as process:
        assert process.wait(WITHIN_S) != 0


def test_no_other_key_and_no_password(one: Knock) -> None:
    without = ("-o", "IdentityFile=none", "-o", "PubkeyAuthentication=no")
    refused = one.say("results", options=without)
    assert refused.returncode == 255
    assert "Permission denied (publickey)" in refused.stderr


def test_another_door_is_noticed(one: Knock) -> None:
    known = one.folder / "s01" / "known_hosts"
    before = known.read_text()
    other = one.folder / "other"
    subprocess.run(
        [shutil.which("ssh-keygen") or "", "-q", "-t", "ed25519", "-N", "", "-f", str(other)],
        check=True,
    )
    digits = other.with_suffix(".pub").read_text().split()[1]
    known.write_text(f"{before.rpartition(' ')[0]} {digits}\n")
    try:
        refused = one.say("results")
        assert refused.returncode == 255
        assert "Host key verification failed" in refused.stderr
    finally:
        known.write_text(before)


def test_the_menu_talks_and_ends_without_a_shell(one: Knock) -> None:
    ours, theirs = pty.openpty()
    command = one.command("-tt", "-o", "ClearAllForwardings=yes")
    process = subprocess.Popen(
        command, cwd=one.folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        heard = read_until(ours, "> ")
        assert "account s01" in heard
        for typed, answer in (
            (b"id\n", "there is no 'id' here"),
            (b"\x1a", ""),  # Ctrl-Z
            (b"\x1c", ""),  # Ctrl-\
            (b"results s02\n", "needs 0 words"),
            (b"question 6\n", "On what does B's check decide?"),
            (b"!sh\n", "there is no '!sh' here"),
        ):
            os.write(ours, typed)
            if answer:
                assert answer in read_until(ours, "\n> ")
        os.write(ours, b"\x03")  # Ctrl-C
        assert process.wait(WITHIN_S) is not None
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, end: str) -> str:
    """Return what a terminal shows until it shows this."""
    heard = ""
    deadline = time.monotonic() + WITHIN_S
    while end not in heard:
        assert time.monotonic() < deadline, heard
        if select.select([terminal], [], [], 0.2)[0]:
            heard += os.read(terminal, 4096).decode(errors="replace")
    return heard


def test_what_reads_their_words_has_no_rights(one: Knock) -> None:
    process = subprocess.Popen(
        one.command("-T", "-o", "ClearAllForwardings=yes"),
        cwd=one.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert "account s01" in line
        menus = [
            each
            for each in psutil.process_iter(["cmdline"])
            if "classroom.menu" in (each.info["cmdline"] or [])
            and each.environ().get("OVERDRAFT_LAB") == str(one.own_class.folder)
        ]
        assert menus
        for menu in menus:
            uids, gids = menu.uids(), menu.gids()
            assert 0 not in {*uids, *gids}
            status = Path(f"/proc/{menu.pid}/status").read_text()
            assert re.findall(r"^Groups:[ \t]*(.*)$", status, re.MULTILINE)[0].strip() == ""
            assert int(re.findall(r"^CapEff:\s*(\w+)$", status, re.MULTILINE)[0], 16) == 0
    finally:
        process.communicate("quit\n", timeout=WITHIN_S)
