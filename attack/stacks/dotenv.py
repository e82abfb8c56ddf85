"""The file .env, from which docker-compose.yml takes its secrets and settings."""

import os
from hashlib import sha256

from attack.counting import counted
from shared_db.errors import LabError
from shared_db.lab_id import new_lab_id
from shared_db.paths import CHECKOUT
from shared_db.runtime import Runtime, runtime
from shared_db.secret_keys import secret_keys

PATH = CHECKOUT / ".env"
_HEAD = "# Written by `make up`, read by `docker compose`: the secrets, and how the stacks run.\n"
# Where proxy/nginx.conf listens for each stack.
_PROXY_PORTS = {"flask": 8001, "django": 8002}
# For the harness, psql and the like, beside the pools of the applications.
_SPARE_CONNECTIONS = 20
# Of the instance with ATOMIC_REQUESTS.
_ATOMIC_WORKERS = 1


def write(*, new_lab: bool = False) -> None:
    """Replace the file, readable for its owner alone.

    Args:
        new_lab: the containers start anew and get an id of their own; otherwise they keep it.

    Raises:
        LabError: the instances want more database connections than the server takes, or the file
            cannot be written.
    """
    table = settings()
    if not new_lab:
        table["LAB_ID"] = _known().get("LAB_ID", table["LAB_ID"])
    unfinished = PATH.with_name(".env.new")
    try:
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines([_HEAD, *(f"{name}={value}\n" for name, value in table.items())])
        unfinished.replace(PATH)
    except OSError as error:
        raise LabError(f"{PATH} cannot be written: {error.strerror}") from None


def exists() -> bool:
    """Tell whether `make up` has written the file; write it anew where it lacks a variable.

    It does where another version of the lab wrote it, and Compose would refuse every command.
    """
    if not PATH.exists():
        return False
    if not set(settings()) <= set(_known()):
        write()
    return True


def environment() -> dict[str, str]:
    """Return the environment for `docker compose`, in which the file alone sets its variables."""
    known = _known()
    return {name: value for name, value in os.environ.items() if name not in known}


def _known() -> dict[str, str]:
    """Return what the file sets, or nothing where there is none."""
    lines = PATH.read_text(encoding="utf-8").splitlines() if PATH.exists() else []
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def settings() -> dict[str, str]:
    """Return every variable of docker-compose.yml, with an id for a lab that starts anew.

    Raises:
        LabError: the instances want more database connections than the server takes.
    """
    lab = runtime()
    _check_connections(lab)
    table = {name.upper(): secret for name, secret in secret_keys().items()}
    table |= {
        "LAB_ID": new_lab_id(),
        # Compose would take the folder's name, and two checkouts may have the same.
        "COMPOSE_PROJECT_NAME": os.environ.get("COMPOSE_PROJECT_NAME") or _project(),
        "MAX_CONNECTIONS": str(lab.max_connections),
        "INSTANCES": str(lab.instances),
        "WORKERS": str(lab.workers),
        "OTHER_WORKERS": str(_other_workers(lab)),
        "LESSONS_URL": lab.lessons_url,
        "LOCK_TIMEOUT_MS": str(lab.lock_timeout_ms),
        "STATEMENT_TIMEOUT_MS": str(lab.statement_timeout_ms),
        "DATABASE_HOST": "pooler" if lab.pooler else "postgres",
        "COMPOSE_PROFILES": ",".join(_profiles(lab)),
    }
    for stack, port in lab.ports.items():
        table |= _addresses(stack, port, behind_proxy=lab.instances > 1)
    return table


def _profiles(lab: Runtime) -> list[str]:
    """Return what runs beside what always runs."""
    return ["proxy"] * (lab.instances > 1) + ["pooler"] * lab.pooler


def _project() -> str:
    return f"overdraft-{sha256(str(CHECKOUT).encode()).hexdigest()[:8]}"


def _other_workers(lab: Runtime) -> int:
    """Return the workers of the second instance: the catalogue has cases for 1 and for 2."""
    return 2 if lab.workers == 1 else 1


def _check_connections(lab: Runtime) -> None:
    workers = lab.instances * lab.workers + _other_workers(lab)
    pools = (len(lab.ports) * workers + _ATOMIC_WORKERS) * lab.pool_size
    if pools + _SPARE_CONNECTIONS > lab.max_connections:
        raise LabError(
            f"{counted(lab.instances, 'instance')} of {counted(lab.workers, 'worker')} a stack, "
            f"with the others beside them, are {pools} database connections, and the server takes "
            f"{lab.max_connections}: lower INSTANCES or WORKERS, "
            "or raise max_connections in shared_db/runtime.toml"
        )


def _addresses(stack: str, port: int, *, behind_proxy: bool) -> dict[str, str]:
    """Return who is published on the stack's port, itself or the proxy, and whom to attack.

    The other one gets port 0: a free one that Docker chooses. The pages link to each other by the
    public port.
    """
    name, own, proxy = stack.upper(), f"{stack}:8000", f"proxy:{_PROXY_PORTS[stack]}"
    return {
        f"{name}_PUBLIC_PORT": str(port),
        f"{name}_PORT": "0" if behind_proxy else str(port),
        f"{name}_PROXY_PORT": str(port) if behind_proxy else "0",
        f"{name}_TARGET": proxy if behind_proxy else own,
    }
