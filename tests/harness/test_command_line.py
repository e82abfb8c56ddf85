"""Bad input on the command line: one clear line, exit code 2, and nothing is started."""

import ipaddress
import subprocess
import sys

import pytest

from attack.targets import addresses
from attack.targets.addresses import require_lab_address
from shared_db.errors import LabError

PROGRAM = [sys.executable, "-c", "from attack.cli import main; main()"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("nothing", "No such command 'nothing'"),
        ("fire --nothing", "No such option"),
        ("fire --strategy nothing", "there is no 'nothing'; there is no_lock,"),
        ("fire --strategy ,", "name at least one"),
        ("fire --stack rails", "there is no 'rails'; there is flask, django"),
        ("fire --technique magic", "there is no 'magic'; there is burst, last_byte"),
        ("fire --requests 0", "0 is not in the range 1<=x<=1000"),
        ("fire --requests many", "'many' is not a valid integer"),
        ("fire --trials 100000", "100000 is not in the range"),
        ("fire --threads 5000", "5000 is not in the range"),
        ("fire --start -1", "-1 is not in the range"),
        ("fire --start 2147483648", "2147483648 is not in the range"),
        ("fire --amount 0", "0 is not in the range"),
        ("fire --json no/such/folder.json", "no/such/folder.json cannot be written"),
        ("fire --json .", ". cannot be written"),
    ],
)
def test_bad_usage(arguments: str, words: str) -> None:
    done = subprocess.run(
        [*PROGRAM, *arguments.split()], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.startswith("overdraft: ")
    assert done.stderr.count("\n") == 1


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
