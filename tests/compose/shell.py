"""Run a command of the machine; what it printed is shown where it failed."""

import subprocess
from collections.abc import Mapping


class CommandError(AssertionError):
    """A command failed; the text holds its exit code and the end of its output."""


def run(
    *command: str,
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 600.0,
    stdin: str = "",
) -> str:
    """Run a command in the current folder and return what it printed, errors included.

    Args:
        command: the program and its arguments.
        environment: of the command; else that of this process.
        timeout_s: seconds after which the command is killed.
        stdin: what the command reads.

    Raises:
        CommandError: the exit code is not 0, or the time ran out.
    """
    code, output = attempt(*command, environment=environment, timeout_s=timeout_s, stdin=stdin)
    if code != 0:
        raise CommandError(f"`{' '.join(command)}` ended with {code}:\n{output[-4000:]}")
    return output


def attempt(
    *command: str,
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 600.0,
    stdin: str = "",
) -> tuple[int, str]:
    """Run a command that may fail; return its exit code and what it printed.

    Raises:
        CommandError: the time ran out.
    """
    try:
        done = subprocess.run(
            command,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        printed = expired.stdout or b""
        raise CommandError(
            f"`{' '.join(command)}` took more than {timeout_s:.0f} s:\n{printed[-4000:]!r}"
        ) from None
    return done.returncode, done.stdout
