"""Where secrets are, and what Compose says without them."""

import stat

import pytest

from attack.stacks import dotenv
from shared_db.paths import CHECKOUT
from tests.compose.shell import attempt, run

pytestmark = pytest.mark.compose


@pytest.mark.usefixtures("composed")
def test_they_are_in_a_private_file_that_git_ignores() -> None:
    assert stat.S_IMODE(dotenv.PATH.stat().st_mode) == 0o600
    run("git", "-C", str(CHECKOUT), "check-ignore", "--quiet", str(dotenv.PATH))


@pytest.mark.usefixtures("composed")
def test_compose_without_them_says_what_to_do() -> None:
    file = str(CHECKOUT / "docker-compose.yml")
    code, output = attempt(
        *("docker", "compose", "--env-file", "/dev/null", "--file", file, "config", "--quiet")
    )
    assert code != 0
    assert "is not set, run make up first" in output
