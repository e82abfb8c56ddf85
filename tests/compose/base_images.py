"""The official images that the lab builds on, or stand-ins for them.

Where no image registry can be reached, the stand-ins are made of Debian packages and tagged with
the official names: what is under test is what the lab adds to them.
"""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.compose.shell import CommandError, attempt, run

_IMAGES = ("python:3.13-slim", "postgres:17", "nginx:1.26", "edoburu/pgbouncer:v1.24.1-p1")
_DOCKERFILES = Path(__file__).with_name("standins")
_DEBIAN = "overdraft-debian"
_PACKAGES = "passwd,ca-certificates,python3,python3-venv,python3-pip"
# An image that is thrown away needs no write to be safe, and no words in other languages.
_QUICK = ("--dpkgopt=force-unsafe-io", '--aptopt=Acquire::Languages "none"')
# Of this machine, for those whose way out leads through a proxy that signs for itself.
_CERTIFICATES = Path("/usr/local/share/ca-certificates")


@contextmanager
def base_images() -> Iterator[None]:
    """Have the base images in the engine; remove the stand-ins afterwards."""
    missing = [image for image in _IMAGES if not _is_there(image)]
    if all(_can_be_pulled(image) for image in missing):
        yield
        return
    if not shutil.which("mmdebstrap"):
        pytest.fail("no registry answers, and there is no mmdebstrap to make base images with")
    _import_debian()
    try:
        with ThreadPoolExecutor() as threads:
            list(threads.map(_build, missing))
        yield
    finally:
        run("docker", "image", "rm", "--force", _DEBIAN, *missing)


def _is_there(image: str) -> bool:
    return attempt("docker", "image", "inspect", image)[0] == 0


def _can_be_pulled(image: str) -> bool:
    try:
        return attempt("docker", "pull", "--quiet", image, timeout_s=60)[0] == 0
    except CommandError:
        return False


def _import_debian() -> None:
    with tempfile.TemporaryDirectory(prefix="overdraft-") as folder:
        archive = f"{folder}/debian.tar"
        run(
            *("mmdebstrap", "--variant=apt", f"--include={_PACKAGES}", *_QUICK),
            *("trixie", archive),
        )
        run("docker", "import", archive, _DEBIAN)


def _build(image: str) -> None:
    name = image.partition(":")[0].rpartition("/")[2]
    dockerfile = _DOCKERFILES / f"{name}.Dockerfile"
    with tempfile.TemporaryDirectory(prefix="overdraft-") as empty:
        certificates = _CERTIFICATES if _CERTIFICATES.is_dir() else Path(empty)
        run(
            *("docker", "build", "--tag", image, "--file", str(dockerfile)),
            *("--build-context", f"certificates={certificates}", str(_DOCKERFILES)),
        )
