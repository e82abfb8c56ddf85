"""Secret keys and database passwords, generated on the first use and kept in .lab/secrets.json."""

import fcntl
import json
import os
import secrets
from pathlib import Path

from shared_db.errors import LabError
from shared_db.paths import lab_folder

_NAMES = ("postgres_password", "app_password", "flask_secret_key", "django_secret_key")


def secret_keys() -> dict[str, str]:
    """Return every secret of this checkout by its name, creating the file with mode 0600.

    An attack and an exploration that begin at the same moment get the same ones.

    Raises:
        LabError: the file cannot be read, or holds something else.
    """
    path = lab_folder() / "secrets.json"
    if not (known := _read(path)).keys() >= set(_NAMES):
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = _read(path)  # somebody else may have drawn them meanwhile
            missing = [name for name in _NAMES if name not in known]
            if missing:
                known |= {name: secrets.token_urlsafe(48) for name in missing}
                _replace(path, known)
    return known


def _read(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        known = None
    if not (isinstance(known, dict) and all(_is_secret(each) for each in known.values())):
        raise LabError(f"{path} holds no secrets: remove it, and the lab draws new ones")
    return known


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _replace(path: Path, known: dict[str, str]) -> None:
    """Write the file as a whole, or not at all: whoever reads it takes no lock."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(known, file)
    unfinished.replace(path)
