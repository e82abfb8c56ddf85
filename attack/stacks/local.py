"""Use the stacks that are up, or start local ones for the time of a command."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from attack import targets
from attack.stacks import health, leftovers, state
from attack.stacks.alarm import Alarm
from attack.stacks.state import State
from attack.stacks.where import Kind
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB, lab_folder

_LOOK_AGAIN_S = 0.1


@contextmanager
def stacks(
    kinds: frozenset[Kind] = frozenset(),
    names: tuple[str, ...] = targets.load().stacks,
    typed: str = "make attack {}",
) -> Iterator[tuple[State, bool]]:
    """Yield the running stacks and whether they were started for this command.

    Args:
        kinds: of the instances that the command needs, beside the main ones.
        names: of the stacks that the command needs.
        typed: the command, with {} where a setting goes, for advice.

    Raises:
        LabError: they do not start, or those that are up lack such an instance; or, while they
            are used, one of them or their database ended.
    """
    up = state.running()
    if up:
        require_usable(up)
        up.require(kinds)
        with _while_they_run(up):
            yield up, False
        return
    keeper = _start_keeper(kinds, names, typed)
    try:
        started = _when_ready(keeper)
        with _while_they_run(started):
            yield started, True
    finally:
        assert keeper.stdin  # noqa: S101 - opened as a pipe
        keeper.stdin.close()
        keeper.wait()


def up(typed: str = "make up {}") -> tuple[State, bool]:
    """Start the stacks so that they stay; return them and whether they were started now.

    Args:
        typed: the command, with {} where a setting goes, for advice.

    Raises:
        LabError: they do not start.
    """
    running = state.running()
    if running:
        require_usable(running)
        return running, False
    cases = [case for strategy in strategies() for case in strategy.cases]
    kinds = frozenset(
        Kind(stack, case.workers, case.atomic_requests)
        for case in cases
        for stack in case.stacks
        if case.workers
    )
    keeper = _start_keeper(kinds, targets.load().stacks, typed, detached=True)
    try:
        return _when_ready(keeper), True
    except BaseException:  # Ctrl-C too: nobody else knows of the keeper yet
        keeper.terminate()
        keeper.wait()
        raise


def down() -> bool:
    """Stop the stacks, and what a keeper that was killed left behind; False where none were up."""
    running = state.read()
    keeper = running.keeper.find() if running else None
    if keeper is None:
        return leftovers.end()
    keeper.terminate()
    keeper.wait()
    return True


def require_usable(up: State) -> None:
    """Refuse stacks that do not answer, or whose database is not the one that was asked for.

    Raises:
        LabError: they are such.
    """
    wanted = os.environ.get("DATABASE_URL")
    if wanted and wanted != up.database_url:
        raise LabError(
            "the stacks that are up use another database than DATABASE_URL: "
            "unset it, or stop them first with `make down`"
        )
    for stack, url in up.urls:
        if not health.is_healthy(url, up.lab_id):
            raise LabError(
                f"the {stack} stack at {url} was started and does not answer any more: "
                "`make down`, then start again"
            )


@contextmanager
def _while_they_run(used: State) -> Iterator[None]:
    """End the body with one line as soon as its stacks have lost what they need."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_AGAIN_S):
            if lost := _lost(used):
                alarm.ring(lost)
                return

    with Alarm() as alarm:
        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()


def _lost(used: State) -> str:
    """Return what these stacks have lost, or ''."""
    now = state.read()
    if now is None or now.lab_id != used.lab_id:
        return "the stacks were stopped while this command used them"
    if not now.failed and not now.keeper.find():
        return f"the keeper of the stacks was killed: its log is {LAB / 'keeper.log'}"
    return now.failed


def _start_keeper(
    kinds: frozenset[Kind], names: tuple[str, ...], typed: str, *, detached: bool = False
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "attack.stacks.keeper"]
    command += ["--detached"] if detached else []
    command += ["--stacks", *names, "--typed", typed]
    command += ["--also", *map(str, sorted(kinds))]
    with (lab_folder() / "keeper.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "OVERDRAFT_LAB": str(LAB)},
            stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )


def _when_ready(keeper: subprocess.Popen[str]) -> State:
    assert keeper.stdout  # noqa: S101 - opened as a pipe
    word, _, rest = keeper.stdout.readline().strip().partition(" ")
    found = state.running() if word == "ready" else None
    if found:
        return found
    raise LabError(rest or f"the stacks did not start: the log is {LAB / 'keeper.log'}")
