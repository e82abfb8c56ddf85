"""The variables of docker-compose.yml: all are there, and they say what runtime.toml says."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from attack.stacks import dotenv
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from shared_db.runtime import runtime

COMPOSE = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def fresh_runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each test set the environment that runtime() reads."""
    for name in ("FLASK_PORT", "DJANGO_PORT", "INSTANCES", "WORKERS", "POOLER"):
        monkeypatch.delenv(name, raising=False)
    runtime.cache_clear()
    yield
    runtime.cache_clear()


def test_compose_gets_every_variable_and_no_other() -> None:
    used = set(re.findall(r"\$\{(\w+)", COMPOSE))
    # Compose itself reads the list of profiles and the name of the project.
    assert set(dotenv.settings()) == used | {"COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"}


def test_compose_asks_for_every_variable_that_is_missing() -> None:
    asked = re.findall(r"\$\{\w+:?\?is not set, run make up first\}", COMPOSE)
    assert len(asked) == COMPOSE.count("${")


def test_every_instance_and_the_harness_get_the_id_of_the_lab() -> None:
    instances = COMPOSE.count("ALLOWED_HOSTS: ")
    assert instances >= 4
    assert COMPOSE.count("LAB_ID: *lab_id") == instances + 1


def test_one_instance_is_published_itself() -> None:
    settings = dotenv.settings()
    assert settings["FLASK_PORT"] == str(runtime().ports["flask"])
    assert settings["FLASK_TARGET"] == "flask:8000"
    assert settings["COMPOSE_PROFILES"] == ""


def test_several_are_published_by_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTANCES", "3")
    settings = dotenv.settings()
    assert settings["DJANGO_PORT"] == "0"
    assert settings["DJANGO_PROXY_PORT"] == str(runtime().ports["django"])
    assert settings["DJANGO_TARGET"] == "proxy:8002"
    assert settings["COMPOSE_PROFILES"] == "proxy"


def test_the_database_is_reached_directly_unless_told_otherwise() -> None:
    assert dotenv.settings()["DATABASE_HOST"] == "postgres"


@pytest.mark.parametrize(("instances", "profiles"), [("1", "pooler"), ("3", "proxy,pooler")])
def test_a_pooler_stands_before_the_database(
    monkeypatch: pytest.MonkeyPatch, instances: str, profiles: str
) -> None:
    monkeypatch.setenv("POOLER", "1")
    monkeypatch.setenv("INSTANCES", instances)
    settings = dotenv.settings()
    assert settings["DATABASE_HOST"] == "pooler"
    assert settings["COMPOSE_PROFILES"] == profiles


def test_the_timeouts_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCK_TIMEOUT_MS", "250")
    assert dotenv.settings()["LOCK_TIMEOUT_MS"] == "250"


@pytest.mark.parametrize("instances", ["1", "3"])
def test_pages_link_to_the_public_ports(monkeypatch: pytest.MonkeyPatch, instances: str) -> None:
    monkeypatch.setenv("INSTANCES", instances)
    settings = dotenv.settings()
    for stack, port in runtime().ports.items():
        assert settings[f"{stack.upper()}_PUBLIC_PORT"] == str(port)
    assert COMPOSE.count("FLASK_PORT: ${FLASK_PUBLIC_PORT") == 4
    assert COMPOSE.count("DJANGO_PORT: ${DJANGO_PUBLIC_PORT") == 4


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:8003/"])
def test_pages_link_to_the_lessons_where_these_are_served(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("LESSONS_URL", url)
    assert dotenv.settings()["LESSONS_URL"] == url.removesuffix("/")
    services = dict(re.findall(r"^  (\w+):\n((?:(?:    .*)?\n)+)", COMPOSE, re.MULTILINE))
    for stack in runtime().ports:
        # Nowhere is an address too: one `?` takes it, `:?` would not.
        assert "\n      LESSONS_URL: ${LESSONS_URL?" in services[stack]


def test_more_instances_than_connections_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSTANCES", "8")
    with pytest.raises(LabError, match="lower INSTANCES or WORKERS"):
        dotenv.settings()


@pytest.mark.parametrize(("workers", "other"), [("1", "2"), ("2", "1"), ("3", "1")])
def test_the_other_instance(monkeypatch: pytest.MonkeyPatch, workers: str, other: str) -> None:
    monkeypatch.setenv("WORKERS", workers)
    assert dotenv.settings()["OTHER_WORKERS"] == other


def test_the_file_is_private_and_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dotenv, "PATH", tmp_path / ".env")
    monkeypatch.setenv("APP_PASSWORD", "of another program")
    monkeypatch.setenv("UNRELATED", "kept")
    dotenv.write()
    dotenv.write()
    assert stat.S_IMODE(dotenv.PATH.stat().st_mode) == 0o600
    environment = dotenv.environment()
    assert "APP_PASSWORD" not in environment
    assert environment["UNRELATED"] == "kept"


def test_the_file_of_another_version_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dotenv, "PATH", tmp_path / ".env")
    assert not dotenv.exists()
    dotenv.PATH.write_text("WORKERS=2\n")
    assert dotenv.exists()
    assert "OTHER_WORKERS=1\n" in dotenv.PATH.read_text()


def test_the_id_of_a_lab_is_kept_until_it_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dotenv, "PATH", tmp_path / ".env")

    def lab_id() -> str:
        (line,) = re.findall(r"^LAB_ID=(\w+)$", dotenv.PATH.read_text(), re.MULTILINE)
        return str(line)

    dotenv.write(new_lab=True)
    first = lab_id()
    dotenv.write()
    assert lab_id() == first
    dotenv.write(new_lab=True)
    assert lab_id() != first


def test_two_checkouts_are_two_projects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPOSE_PROJECT_NAME", raising=False)
    names = []
    for checkout in ("/home/a/overdraft", "/home/b/overdraft"):
        monkeypatch.setattr(dotenv, "CHECKOUT", Path(checkout))
        names.append(dotenv.settings()["COMPOSE_PROJECT_NAME"])
    assert len(set(names)) == 2


def test_a_file_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dotenv, "PATH", Path("/proc/.env"))
    with pytest.raises(LabError, match=r"^/proc/.env cannot be written: "):
        dotenv.write()
