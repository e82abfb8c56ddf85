"""Use the stacks that are up, or start local ones for the time of a command."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from attack.stacks import gunicorn, leftovers, state
from attack.stacks.state import State
from shared_db.catalogue import strategies
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT, LAB


@contextmanager
def stacks(workers: frozenset[int] = frozenset()) -> Iterator[tuple[State, bool]]:
    """Yield the running stacks and whether they were started for this command.

    Args:
        workers: numbers of workers for each of which both stacks need an instance, beside the
            main ones.

    Raises:
        LabError: they do not start, or those that are up lack such an instance.
    """
    up = state.running()
    if up:
        _require_healthy(up)
        up.require_workers(workers)
        yield up, False
        return
    keeper = _start_keeper(workers)
    try:
        yield _when_ready(keeper), True
    finally:
        assert keeper.stdin  # noqa: S101 - opened as a pipe
        keeper.stdin.close()
        keeper.wait()


def up() -> tuple[State, bool]:
    """Start the stacks so that they stay; return them and whether they were started now.

    Raises:
        LabError: they do not start.
    """
    running = state.running()
    if running:
        _require_healthy(running)
        return running, False
    counts = {case.workers for strategy in strategies() for case in strategy.cases}
    workers = frozenset(count for count in counts if count)
    return _when_ready(_start_keeper(workers, detached=True)), True


def down() -> bool:
    """Stop the stacks, and what a keeper that was killed left behind; False where none were up."""
    running = state.read()
    keeper = running.keeper.find() if running else None
    if keeper is None:
        return leftovers.end()
    keeper.terminate()
    keeper.wait()
    return True


def _require_healthy(up: State) -> None:
    for stack, url in up.urls:
        if not gunicorn.is_healthy(url):
            raise LabError(
                f"the {stack} stack at {url} was started and does not answer any more: "
                "`make down`, then start again"
            )


def _start_keeper(workers: frozenset[int], *, detached: bool = False) -> subprocess.Popen[str]:
    LAB.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "attack.stacks.keeper"]
    command += ["--detached"] if detached else []
    command += ["--also-workers", *map(str, sorted(workers))]
    with (LAB / "keeper.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
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
