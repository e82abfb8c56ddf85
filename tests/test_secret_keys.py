"""The secrets of a checkout: drawn once, however many ask first, and kept whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared_db import secret_keys as module
from shared_db.errors import LabError
from shared_db.paths import CHECKOUT
from shared_db.secret_keys import secret_keys

DRAW = """
import sys
from shared_db.secret_keys import secret_keys
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
sys.stdout.write(repr(sorted(secret_keys().items())))
"""
LABS, AT_ONCE = 5, 6


def test_all_who_ask_first_get_the_same(tmp_path: Path) -> None:
    for number in range(LABS):
        environment = {**os.environ, "OVERDRAFT_LAB": str(tmp_path / str(number))}
        asking = [
            subprocess.Popen(
                [sys.executable, "-c", DRAW],
                env=environment,
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(AT_ONCE)
        ]
        for each in asking:
            assert each.stdout
            assert each.stdout.readline() == "ready\n"
        for each in asking:
            assert each.stdin
            each.stdin.write("\n")
            each.stdin.flush()
        told = [each.communicate(timeout=30) for each in asking]
        assert [errors for _, errors in told] == [""] * AT_ONCE
        assert len({keys for keys, _ in told}) == 1


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the secrets of a lab of its own lie."""
    monkeypatch.setattr(module, "lab_folder", lambda: tmp_path)
    return tmp_path / "secrets.json"


def test_they_stay_and_are_for_their_owner_alone(path: Path) -> None:
    assert secret_keys() == secret_keys()
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_that_is_missing_is_drawn_beside_those_that_are_there(path: Path) -> None:
    path.write_text('{"flask_secret_key": "known"}')
    keys = secret_keys()
    assert keys.pop("flask_secret_key") == "known"
    assert len(keys) == 3
    assert secret_keys() == keys | {"flask_secret_key": "known"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', '{"app_password": 1}', '{"app_password": ""}', "\x00"]
)
def test_a_file_that_holds_something_else_is_told(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(LabError, match=rf"^{path} holds no secrets: remove it, and the lab draws"):
        secret_keys()
    assert path.read_text() == text


def test_one_in_no_encoding_is_told(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(LabError, match="holds no secrets"):
        secret_keys()


def test_one_that_cannot_be_read_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(LabError, match=rf"^{path} cannot be read: "):
        secret_keys()
