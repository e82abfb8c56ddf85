"""Which engine runs the stacks: Docker Compose, or local processes."""

import os
from typing import Literal

from attack.stacks import compose, docker, state
from shared_db.errors import LabError

Engine = Literal["docker", "local"]


def chosen() -> Engine | None:
    """Return what ENGINE in the environment says, or None where it is not set.

    Raises:
        LabError: it names neither.
    """
    name = os.environ.get("ENGINE", "")
    match name:
        case "docker" | "local":
            return name
        case "":
            return None
    raise LabError(f"ENGINE={name}: set it to docker or local, or unset it")


def in_use() -> Engine | None:
    """Return the engine whose stacks are up, or None; ENGINE narrows the search.

    Raises:
        LabError: ENGINE names neither.
    """
    wanted = chosen()
    if wanted != "docker" and state.running():
        return "local"
    if wanted != "local" and compose.is_up():
        return "docker"
    return None


def to_start() -> Engine:
    """Return the engine for stacks that are to stay: ENGINE, else Docker where it answers.

    Raises:
        LabError: ENGINE names neither.
    """
    return chosen() or in_use() or ("docker" if docker.answers() else "local")


def to_attack() -> Engine:
    """Return the engine of the stacks to attack: ENGINE, else those that are up, else local ones.

    Raises:
        LabError: ENGINE names neither.
    """
    return chosen() or in_use() or "local"
