"""One engine and one lab for all tests on containers; nothing of them is left behind."""

from collections.abc import Iterator

import pytest

from attack.stacks import dotenv
from tests.compose.base_images import base_images
from tests.compose.engine import engine
from tests.compose.lab import ComposedLab


@pytest.fixture(scope="session")
def engine_with_images() -> Iterator[None]:
    """Have an engine that has the images which the lab builds on."""
    with engine(), base_images():
        yield


@pytest.fixture(scope="session")
def composed(
    engine_with_images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ComposedLab]:
    """Return the lab, built and up, with one instance of each stack."""
    # Whoever has stacks up in this checkout finds the file as it was.
    before = dotenv.PATH.read_bytes() if dotenv.PATH.exists() else None
    lab = ComposedLab(tmp_path_factory.mktemp("compose"))
    try:
        lab.up()
        yield lab
    finally:
        lab.remove()
        if before is None:
            dotenv.PATH.unlink()
        else:
            dotenv.PATH.write_bytes(before)


@pytest.fixture(scope="module")
def single(composed: ComposedLab) -> ComposedLab:
    """Return the lab with one instance of each stack."""
    composed.up()
    return composed


@pytest.fixture(scope="module")
def scaled(composed: ComposedLab) -> ComposedLab:
    """Return the lab with three instances of each stack, of one worker, behind the proxy."""
    composed.up(instances=3, workers=1)
    return composed


@pytest.fixture(scope="module")
def pooled(composed: ComposedLab) -> ComposedLab:
    """Return the lab with one instance of each stack, and PgBouncer before the database."""
    composed.up(pooler=True)
    return composed
