"""The checkout in its devcontainer, as editors make it: image, user, variables, first command."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared_db.paths import CHECKOUT
from tests.compose.shell import attempt, run

_FOLDER: Final = CHECKOUT / ".devcontainer"
_IMAGE: Final = "overdraft-devcontainer"
_INSIDE: Final = "/workspaces/overdraft"
_STAYS: Final = 'trap "exit 0" 15; while sleep 1 & wait $!; do :; done'
"""What editors keep a container up with: it has no service of its own, and buries orphans."""
_OUTSIDE: Final = 300
"""Processes of the user's number elsewhere; more than a repair may have."""
_MANY: Final = f"for n in $(seq {_OUTSIDE}); do sleep infinity & done; wait"


class DevContainer:
    """A container that runs, with a copy of the checkout in it that is its user's own."""

    def __init__(self, name: str, user: str, checkout: Path) -> None:
        self._name, self._user = name, user
        self.checkout = checkout

    def attempt(self, command: str) -> tuple[int, str]:
        """Type a command in the checkout; return its exit code and what it printed."""
        enter = ("docker", "exec", "--user", self._user, "--workdir", _INSIDE, self._name)
        return attempt(*enter, "sh", "-c", command)


@contextmanager
def devcontainer() -> Iterator[tuple[DevContainer, str]]:
    """Yield the container, and the command that is to be run in it first; remove all afterwards."""
    told: dict[str, Any] = json.loads((_FOLDER / "devcontainer.json").read_text("utf-8"))
    user: str = told["remoteUser"]
    recipe = _FOLDER / told["build"]["dockerfile"]
    run("docker", "build", "--tag", _IMAGE, "--file", str(recipe), str(_FOLDER))
    variables = [f"--env={name}={value}" for name, value in told["containerEnv"].items()]
    try:
        with tempfile.TemporaryDirectory(prefix="overdraft-") as folder:
            number = int(run("docker", "run", "--rm", _IMAGE, "id", "-u", user))
            copy = _copy_for(number, Path(folder))
            mounted = f"type=bind,source={copy},target={_INSIDE}"
            started = []
            try:
                # On a student's own machine many processes have the same number, which the kernel
                # counts together with those inside, where nobody sees them.
                outside = ("docker", "run", "--detach", _IMAGE, "sh", "-c", _MANY)
                started.append(run(*outside).strip())
                start = ("docker", "run", "--detach", "--mount", mounted, *variables)
                started.append(run(*start, _IMAGE, "sh", "-c", _STAYS).strip())
                yield DevContainer(started[-1], user, copy), told["postCreateCommand"]
            finally:
                if started:
                    run("docker", "rm", "--force", *started)
    finally:
        run("docker", "image", "rm", "--force", _IMAGE)


def _copy_for(user: int, folder: Path) -> Path:
    """Copy what git would keep of the checkout, and give it to a user, as editors see to."""
    listed = run(
        *("git", "-C", str(CHECKOUT), "ls-files", "-z"),
        *("--cached", "--others", "--exclude-standard"),
    )
    copy = folder / "overdraft"
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).is_file():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target)
    folder.chmod(0o755)
    for path in (copy, *copy.rglob("*")):
        os.chown(path, user, user)
    return copy
