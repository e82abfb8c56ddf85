"""Bad input on the command line: one clear line, exit code 2, and nothing is started."""

import ipaddress
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from click import Context
from click.testing import CliRunner

from attack.cli import main
from attack.commands import options, report
from attack.targets import addresses
from attack.targets.addresses import require_lab_address
from shared_db.catalogue import strategies
from shared_db.errors import LabError

PROGRAM = [sys.executable, "-m", "attack"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("nothing", "No such command 'nothing'"),
        ("fier", "there is no command 'fier': did you mean 'fire'?"),
        ("--nothing", "No such option"),
        ("fire --nothing", "No such option"),
        ("fire --strategy nothing", "there is no 'nothing'; there is no_lock,"),
        ("fire --strategy nolock", "there is no 'nolock': did you mean 'no_lock'?"),
        ("fire --strategy no_lock,rowlock", "did you mean 'row_lock'?"),
        ("fire --strategy ,", "name at least one"),
        ("fire row_lock", "unexpected extra argument (row_lock)"),
        ("fire --trials", "requires an argument"),
        ("fire --stack rails", "there is no 'rails'; there is flask, django"),
        ("fire --technique magic", "there is no 'magic'; there is burst, last_byte"),
        ("fire --requests 0", "0 is not in the range 1<=x<=1000"),
        ("fire --requests many", "'many' is not a valid integer"),
        ("fire --trials 100000", "100000 is not in the range"),
        ("fire --threads 5000", "5000 is not in the range"),
        ("fire --start 0", "0 is not in the range"),
        ("fire --start 5 --amount 10", "--start 5 is less than --amount 10: nobody could be paid"),
        ("fire --start 9", "--start 9 is less than --amount 10"),
        ("fire --amount 161", "--start 160 is less than --amount 161"),
        ("fire --start 5 --strategy idempotency_key", "--start 5 is less than --amount 10"),
        ("fire --start 2147483648", "2147483648 is not in the range"),
        ("fire --amount 0", "0 is not in the range"),
        (
            "fire --json no/such/folder.json",
            "'no/such/folder.json' cannot be written: No such file",
        ),
        ("fire --json .", "'.' cannot be written"),
        ("explore --strategy nolock", "did you mean 'no_lock'?"),
        ("explore --budget nan", "'nan' is no number of seconds"),
        ("explore --budget inf", "'inf' is no number of seconds"),
        ("explore --budget 0", "0.0 is not in the range"),
        ("explore --requests 9", "9 is not in the range"),
        ("explore --replay nothing.json", "does not exist"),
        ("bench --strategy rowlock", "did you mean 'row_lock'?"),
        ("bench --clients 0", "'0' is no whole number from 1 to 32"),
        ("bench --clients 8,33", "'33' is no whole number from 1 to 32"),
        ("bench --clients 8,", "'' is no whole number from 1 to 32"),
        ("bench --clients ٣", "'٣' is no whole number"),
        ("bench --accounts 101", "'101' is no whole number from 1 to 100"),
        ("bench --rounds 0", "0 is not in the range"),
        ("bench --seconds nan", "'nan' is no number of seconds"),
        ("bench --seconds 0.1", "0.1 is not in the range"),
        ("bench --minutes 1", "measurements take"),
        ("bench --load-port 5557", "say how many by --load-workers"),
        ("bench --load-port 80 --load-workers 2", "80 is not in the range"),
        (
            "bench --json no/such/folder.json",
            "'no/such/folder.json' cannot be written: No such file",
        ),
        ("compare", "Missing argument 'STRATEGY'"),
        ("compare rowlock", "did you mean 'row_lock'?"),
        ("compare no_lock row_lock", "unexpected extra argument"),
        ("matrix", "Missing argument 'RUN'"),
        ("matrix nothing.json", "does not exist"),
        ("figures", "Missing argument 'RUN'"),
        ("figures nothing.json", "does not exist"),
        ("up now", "unexpected extra argument"),
        ("down --force", "No such option"),
        ("reset alice", "unexpected extra argument"),
    ],
)
def test_bad_usage(arguments: str, words: str) -> None:
    done = CliRunner().invoke(main, arguments.split())
    assert done.exit_code == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.startswith("overdraft: ")
    assert done.stderr.count("\n") == 1


A_FILE = __file__
PATHS = {
    "/proc/x": "No such file or directory",
    "/proc/1/x/y": "No such file or directory",
    "/dev/full/x": "Not a directory",
    A_FILE: "File exists",
    f"{A_FILE}/x": "Not a directory",
    "x" * 256: "File name too long",
    "/tmp/" + "x/" * 2500: "File name too long",  # noqa: S108 - it is not made
    "a\0b": "null byte",
    "/sys/kernel": "",  # the kernel refuses with one reason or another
}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:20])
def test_a_folder_that_cannot_be_written(path: str) -> None:
    assert_refused("explore", "--record", path, words=PATHS[path])


@pytest.mark.parametrize("path", [path for path in PATHS if path != A_FILE], ids=lambda p: p[:20])
@pytest.mark.parametrize("option", ["fire --json", "report --out", "explore --json"])
def test_a_file_that_cannot_be_written(option: str, path: str) -> None:
    assert_refused(*option.split(), path, words="" if path == "/sys/kernel" else PATHS[path])


@pytest.mark.parametrize("name", ["x", "no/such/run", A_FILE, "a\0b", "x" * 256, "/proc/self"])
def test_a_run_to_compare_with_is_looked_for_before_anything_is_attacked(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(report, "_last", lambda: pytest.fail("the first run is looked for first"))
    assert_refused("report", "--against", name)


def assert_refused(*arguments: str, words: str = "") -> None:
    """Hold a command to one line on standard error, with exit code 2."""
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout) == (2, ""), done.exception
    assert done.stderr.startswith("overdraft: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


COMMANDS = main.list_commands(Context(main))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_for_people(command: str) -> None:
    text = CliRunner().invoke(main, [command, "--help"]).output
    assert text.startswith(f"Usage: main {command}")
    assert "Raises" not in text
    assert "LabError" not in text


@pytest.mark.parametrize("command", ["fire", "explore"])
def test_help_lists_every_strategy(command: str) -> None:
    words = CliRunner().invoke(main, [command, "--help"]).output.replace(",", " ").split()
    assert {each.slug for each in strategies()} <= {word.rstrip(".") for word in words}


def test_the_list_of_commands_cuts_no_sentence() -> None:
    text = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    assert "..." not in text.partition("Commands:")[2]
    assert len(text.splitlines()) > len(COMMANDS)


def test_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"overdraft {version('overdraft')}\n"


def test_a_file_that_cannot_be_written_at_the_end_is_told(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"gone/cells.json cannot be written: No such file"):
        options.write(tmp_path / "gone" / "cells.json", [])


def run(arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start the program with these settings of the environment, its output to be read."""
    return subprocess.Popen(
        [*PROGRAM, *arguments.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="latin-1",
        env=os.environ | settings,
    )


def test_a_reader_who_has_seen_enough_is_no_fault() -> None:
    with run("compare row_lock", PYTHONUNBUFFERED="1") as program:
        assert program.stdout
        assert program.stderr
        program.stdout.close()
        assert program.stderr.read() == ""
    assert program.returncode == 141


def test_a_terminal_that_lacks_a_sign_gets_another() -> None:
    with run("explore --help", PYTHONIOENCODING="ascii") as program:
        output, errors = program.communicate()
    assert (program.returncode, errors) == (0, "")
    with run("fire --strategy \u2260", PYTHONIOENCODING="ascii") as program:
        output, errors = program.communicate()
    assert (program.returncode, output) == (2, "")
    assert errors.startswith("overdraft: ")


@pytest.mark.parametrize("variable", ["FLASK_PORT", "DJANGO_PORT", "WORKERS"])
@pytest.mark.parametrize("value", ["0", "65536", "-1", "x", "8001.5", "\u0661"])
def test_bad_setting(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    from shared_db.runtime import runtime

    monkeypatch.setenv(variable, value)
    runtime.cache_clear()
    with pytest.raises(LabError, match=f"^{variable}={value}: set it to a whole number"):
        runtime()
    runtime.cache_clear()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001", "http://127.8.8.8", "http://[::1]:80"])
def test_loopback_is_a_target(url: str) -> None:
    require_lab_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:8001",
        "http://0.0.0.0:8001",
        "http://10.0.0.1",
        "http://[2001:db8::1]:80",
        "http://no-such-host.invalid",
        "http://",
        "http://:8001",
        "http://[::1",
        "http://[::1]:x",
        "nothing",
    ],
)
def test_nothing_else_is(url: str) -> None:
    with pytest.raises(LabError, match="not on this machine"):
        require_lab_address(url)


@pytest.mark.parametrize("hosts", ["192.0.2.1", "no-such-host.invalid", "10.0.0.1"])
def test_the_variable_alone_opens_no_way(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("LAB_HOSTS", hosts)
    with pytest.raises(LabError, match="not on this machine"):
        require_lab_address(f"http://{hosts}:8000")


def test_a_neighbour_is_no_target_where_there_is_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbour = "10.1.2.3"
    monkeypatch.setenv("LAB_HOSTS", neighbour)
    own = [ipaddress.IPv4Network("10.1.0.0/16")]
    monkeypatch.setattr(addresses, "_own_networks", lambda: own)
    monkeypatch.setattr(addresses, "_has_a_way_out", lambda: False)
    require_lab_address(f"http://{neighbour}:8000")
    monkeypatch.setattr(addresses, "_has_a_way_out", lambda: True)
    with pytest.raises(LabError, match="not on this machine"):
        require_lab_address(f"http://{neighbour}:8000")
