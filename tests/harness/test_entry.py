"""Ctrl-C before a command takes care of it: one line, from the first import on; after it: none."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from attack import entry, group
from shared_db.paths import CHECKOUT

# Sends Ctrl-C to itself as soon as the entry imports a module.
PROGRAM = """
import os, signal, sys

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Impatient())
sys.modules.pop("typing", None)
from attack.entry import main
main(["down", "--help"])
"""


@pytest.mark.parametrize("module", ["shared_db.errors", "typing", "attack.cli", "attack.commands"])
def test_while_modules_are_imported(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, module],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "overdraft: stopped\n")


@pytest.fixture
def ours() -> Iterator[None]:
    """Keep what these tests do at a signal: a command that is done ignores it."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("ours")
def test_just_before_the_command_takes_care_of_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(group, "_print_what_the_terminal_can", interrupted)
    with pytest.raises(SystemExit) as ended:
        entry.main(["--version"])
    assert ended.value.code == 130
    assert capfd.readouterr().err == "overdraft: stopped\n"


# Sends a signal to itself when the command is done: while the interpreter asks who wants to be told
# of its end, and while it throws away its modules, with the handlers of all signals taken away.
LATE = """
import atexit, os, signal, sys

class Late:
    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.{number}):
        kill(pid, number)

sys.modules["late"] = Late()
atexit.register(os.kill, os.getpid(), signal.{number})
from {module} import {entry}
sys.argv[1:] = [{word!r}]
{entry}()
"""
ENTRIES = [("attack.entry", "main"), ("classroom.entry", "main"), ("racewalk.cli", "entry")]


@pytest.mark.parametrize(("module", "entry"), ENTRIES)
@pytest.mark.parametrize(("word", "code"), [("--help", 0), ("--nonsense", 2)])
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_when_the_command_is_done(
    module: str, entry: str, word: str, code: int, number: str
) -> None:
    program = LATE.format(module=module, entry=entry, word=word, number=number)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == (code != 0)
