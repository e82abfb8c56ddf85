"""What the containers may do, and what they show of themselves."""

import ipaddress
from typing import Any

import pytest

from shared_db.runtime import runtime
from tests.compose.lab import STACKS, ComposedLab
from tests.compose.shell import run

pytestmark = pytest.mark.compose


@pytest.fixture(params=["postgres", "setup", *STACKS, "flask-other", "django-other"])
def container(request: pytest.FixtureRequest, single: ComposedLab) -> dict[str, Any]:
    """Return what the engine says of a service's one container."""
    (only,) = single.containers(request.param)
    return only


def test_it_is_locked_down(container: dict[str, Any]) -> None:
    host = container["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert not host["Privileged"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0


def test_it_runs_as_an_ordinary_user(container: dict[str, Any]) -> None:
    assert container["Config"]["User"] in ("10001:10001", "postgres")


def test_it_publishes_on_loopback_alone(container: dict[str, Any]) -> None:
    published = container["NetworkSettings"]["Ports"] or {}
    addresses = {binding["HostIp"] for bindings in published.values() for binding in bindings or ()}
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses)


def test_postgres_publishes_nothing(single: ComposedLab) -> None:
    (postgres,) = single.containers("postgres")
    assert not any((postgres["NetworkSettings"]["Ports"] or {}).values())


def test_postgres_takes_the_connections_of_runtime_toml(single: ComposedLab) -> None:
    assert int(single.query("SHOW max_connections")) == runtime().max_connections


def test_the_applications_are_no_superuser(single: ComposedLab) -> None:
    assert single.query("SELECT rolsuper FROM pg_roles WHERE rolname = 'overdraft'") == "f"


@pytest.mark.usefixtures("single")
@pytest.mark.parametrize("name", [*STACKS, "harness"])
def test_an_image_holds_no_build_tools_and_no_secret(name: str) -> None:
    look = "for tool in gcc cc make git; do command -v $tool; done; ls -A . /opt/venv/bin"
    shell = ("docker", "run", "--rm", "--entrypoint", "sh", f"overdraft-{name}", "-c")
    seen = set(run(*shell, f"{look}; env").split())
    assert "shared_db" in seen
    programs = {word.rpartition("/")[2] for word in seen}
    assert not programs & {"pip", "gcc", "cc", "make", "git", ".env", ".git", "tests"}
    assert not any("SECRET" in word or "PASSWORD" in word for word in seen)
