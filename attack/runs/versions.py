"""What a run was made with."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from attack.counting import counted

_PACKAGES = ("overdraft", "flask", "sqlalchemy", "django", "psycopg", "gunicorn", "racewalk")


def versions(postgresql: str = "") -> dict[str, str]:
    """Return the versions of what a run depends on, and the machine; what is not here is left out.

    Args:
        postgresql: the server's version, where it is known.
    """
    found = {"Python": platform.python_version()}
    if postgresql:
        found["PostgreSQL"] = postgresql
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue  # the stacks may run in containers of their own
    cores = counted(os.cpu_count() or 1, "core")
    found["machine"] = f"{platform.system()} {platform.machine()}, {cores}"
    return found
