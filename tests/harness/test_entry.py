"""Ctrl-C before a command takes care of it: one line, from the first import on."""

import subprocess
import sys

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
main(["--version"])
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
