"""Which engine a command takes: what ENGINE says, else what is up, else what there is."""

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from attack.cli import main
from attack.stacks import compose, docker, dotenv, elsewhere, engine, state
from attack.stacks.where import Kind
from shared_db.errors import LabError


@pytest.fixture(autouse=True)
def nothing_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from a machine with a Docker engine on which nothing of the lab runs."""
    monkeypatch.delenv("ENGINE", raising=False)
    monkeypatch.setattr(state, "running", lambda: None)
    monkeypatch.setattr(compose, "is_up", lambda: False)
    monkeypatch.setattr(docker, "answers", lambda: True)


def test_what_is_to_stay_goes_to_docker_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.to_start() == "docker"
    monkeypatch.setattr(docker, "answers", lambda: False)
    assert engine.to_start() == "local"


def test_an_attack_takes_what_is_up_and_else_local_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.to_attack() == "local"
    monkeypatch.setattr(compose, "is_up", lambda: True)
    assert engine.to_attack() == "docker"


@pytest.mark.parametrize("name", ["docker", "local"])
def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(compose, "is_up", lambda: True)
    monkeypatch.setenv("ENGINE", name)
    assert engine.to_start() == engine.to_attack() == name
    assert engine.in_use() == ("docker" if name == "docker" else None)


def test_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE", "podman")
    with pytest.raises(LabError, match=r"^ENGINE=podman: set it to docker or local, or unset it$"):
        engine.to_attack()


def _fake_docker(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(dotenv, "PATH", folder / ".env")


def test_what_docker_says_last_is_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fake_docker(tmp_path, monkeypatch, "echo first >&2; echo port is taken >&2; exit 1")
    with pytest.raises(LabError, match=r"^docker failed: port is taken$"):
        docker.docker("compose", "up")


def test_an_engine_that_sleeps_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(docker, "_ANSWERS_WITHIN_S", 0.2)
    _fake_docker(tmp_path, monkeypatch, "exec sleep 5")
    assert not docker.answers()


def test_a_database_of_ones_own_is_none_for_compose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "garbage")
    with (
        pytest.raises(LabError, match=r"^DATABASE_URL is set, and Docker Compose has"),
        compose.stacks(),
    ):
        pass
    with pytest.raises(LabError, match=r"^DATABASE_URL is set, and Docker Compose has"):
        compose.up()


def test_stacks_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_ID", raising=False)
    assert elsewhere.stacks() is None
    monkeypatch.setenv("OVERDRAFT_FLASK_URL", "http://flask:8000")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere/lab")
    with pytest.raises(LabError, match="OVERDRAFT_DJANGO_URL is not set"):
        elsewhere.stacks()
    monkeypatch.setenv("OVERDRAFT_DJANGO_URL", "http://django:8000")
    monkeypatch.setenv("OVERDRAFT_FLASK_OTHER_URL", "http://flask-other:8000")
    monkeypatch.setenv("OTHER_WORKERS", "1")
    # Without it the answers of another lab would be judged as those of this one.
    with pytest.raises(LabError, match=r"^LAB_ID is not set, .* http://flask:8000/login \| grep"):
        elsewhere.stacks()
    monkeypatch.setenv("LAB_ID", "0123456789abcdef")
    found = elsewhere.stacks()
    assert found
    assert found.lab_id == "0123456789abcdef"
    assert found.instances()[Kind("flask", 1)] == "http://flask-other:8000"
    atomic = Kind("django", 1, atomic_requests=True)
    with pytest.raises(LabError, match="no instance of django with 1 worker and ATOMIC_REQUESTS"):
        found.require(frozenset({atomic}))
    monkeypatch.setenv("OVERDRAFT_DJANGO_ATOMIC_URL", "http://django-atomic:8000")
    again = elsewhere.stacks()
    assert again
    assert again.instances()[atomic] == "http://django-atomic:8000"
    assert again.log_of(atomic) == ""  # somebody else's, who knows
    monkeypatch.setenv("LAB_HOSTS", "flask flask-other django django-other django-atomic proxy")
    monkeypatch.setenv("OVERDRAFT_FLASK_URL", "http://proxy:8001")
    composed = elsewhere.stacks()
    assert composed
    kinds = (Kind("flask", composed.workers), Kind("flask", 1), atomic, None)
    services = ("flask", "flask-other", "django-atomic", "nowhere")
    assert [composed.log_of(kind) for kind in kinds] == [
        f"`docker compose logs {service}`" for service in services
    ]


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("OVERDRAFT_FLASK_URL", "http://[::1", "OVERDRAFT_FLASK_URL=http://[::1: an address"),
        ("OVERDRAFT_FLASK_URL", "http://127.0.0.1:x", "an address such as"),
        ("OVERDRAFT_FLASK_URL", "http://127.0.0.1:65536", "an address such as"),
        ("OVERDRAFT_FLASK_URL", "http://127.0.0.1:0", "an address such as"),
        ("OVERDRAFT_FLASK_URL", "http://:8001", "an address such as"),
        ("OVERDRAFT_FLASK_URL", "http://", "an address such as"),
        ("OVERDRAFT_FLASK_URL", "http://127.0.0.1:8001/login", "an address such as"),
        ("OVERDRAFT_FLASK_URL", "http://127.0.0.1 :8001", "an address such as"),
        ("OVERDRAFT_DJANGO_URL", "127.0.0.1:8002", "OVERDRAFT_DJANGO_URL=127.0.0.1:8002: an"),
        ("OVERDRAFT_FLASK_OTHER_URL", "http://[x]", "OVERDRAFT_FLASK_OTHER_URL=http://[x]: an"),
        ("OVERDRAFT_DJANGO_ATOMIC_URL", "ftp://127.0.0.1", "an address such as"),
        ("OTHER_WORKERS", "abc", "OTHER_WORKERS=abc: set it to a whole number from 1 to 16"),
        ("OTHER_WORKERS", "0", "OTHER_WORKERS=0: set it to a whole number"),
        ("OTHER_WORKERS", "9" * 5000, "set it to a whole number"),
        ("DATABASE_URL", "garbage", "DATABASE_URL is no PostgreSQL URL"),
        ("DATABASE_URL", "postgresql://u:hidden@[::1/x", "DATABASE_URL is no PostgreSQL URL"),
    ],
)
@pytest.mark.parametrize("command", ["fire", "bench", "reset"])
def test_stacks_elsewhere_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, command: str, variable: str, value: str, words: str
) -> None:
    known = {
        "OVERDRAFT_FLASK_URL": "http://127.0.0.1:1",
        "OVERDRAFT_DJANGO_URL": "http://127.0.0.1:1",
        "OVERDRAFT_FLASK_OTHER_URL": "http://127.0.0.1:1",
        "OTHER_WORKERS": "1",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/lab",
        "LAB_ID": "0123456789abcdef",
    }
    for name, text in (known | {variable: value}).items():
        monkeypatch.setenv(name, text)
    done = CliRunner().invoke(main, [command])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "hidden" not in done.stderr
    assert done.stderr.startswith("overdraft: ")
    assert done.stderr.count("\n") == 1
