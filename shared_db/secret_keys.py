"""Secret keys and database passwords, generated on the first use and kept in .lab/secrets.json."""

import json
import os
import secrets

from shared_db.paths import lab_folder

_NAMES = ("postgres_password", "app_password", "flask_secret_key", "django_secret_key")


def secret_keys() -> dict[str, str]:
    """Return every secret of this checkout by its name, creating the file with mode 0600."""
    path = lab_folder() / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in _NAMES if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(48) for name in missing}
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file)
        unfinished.replace(path)
    return known
