"""A lane to grade in, for these tests alone."""

from collections.abc import Iterator

import pytest

from attack.grade.lane import Lane, server


@pytest.fixture(scope="session")
def lane() -> Iterator[Lane]:
    """Start the grader's server."""
    with server() as url:
        yield Lane(url)
