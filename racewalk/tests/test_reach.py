"""Drivers and frameworks: each row of the README's table is explored, unsafe and repaired."""

from pathlib import Path

import pytest

from racewalk.server.embedded import EmbeddedServer
from support.scenarios import racewalk, shop

EXAMPLES = Path(__file__).parents[1] / "examples"
WSGI = 'wsgi = "drivers:app"'
ASGI = 'asgi = "apps.drivers_async:app"'
GUNICORN = 'command = "gunicorn drivers:app --bind 127.0.0.1:{port}"'
LATER = pytest.mark.acceptance
UVICORN = 'command = "uvicorn apps.drivers_async:app --port {port}"'


@pytest.mark.parametrize(
    ("served", "driver"),
    [
        (WSGI, "one_off"),
        pytest.param(WSGI, "persistent", marks=LATER),
        pytest.param(WSGI, "pooled", marks=LATER),
        pytest.param(WSGI, "pipelined", marks=LATER),
        pytest.param(WSGI, "psycopg2", marks=LATER),
        pytest.param(WSGI, "pre_ping", marks=LATER),
        pytest.param(WSGI, "sqlalchemy_psycopg2", marks=LATER),
        pytest.param(GUNICORN, "one_off", marks=LATER),
        (ASGI, "asyncpg_pool"),
        pytest.param(ASGI, "asyncpg_one_off", marks=LATER),
        pytest.param(ASGI, "psycopg_async", marks=LATER),
        pytest.param(ASGI, "sqlalchemy_asyncpg", marks=LATER),
        pytest.param(UVICORN, "asyncpg_one_off", marks=LATER),
    ],
)
def test_a_driver(tmp_path: Path, server: EmbeddedServer, served: str, driver: str) -> None:
    file = tmp_path / "racewalk.toml"
    file.write_text(shop(server.url(), driver, served))
    ran = racewalk("run", file, "--json", "-", "--lanes", "1")
    assert ran.code == 0, ran.err
    broken, repaired = ran.races["sold once"], ran.races["sold once, locked"]
    assert (broken["verdict"], repaired["verdict"]) == ("unsafe", "safe")
    assert broken["serial"] is False
    assert repaired["serial"] is True


@pytest.mark.acceptance
@pytest.mark.parametrize("example", ["flask_shop", "django_shop", "fastapi_shop"])
def test_an_example(example: str, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACEWALK_DATABASE_URL", server.url())
    ran = racewalk("run", "--json", "-", cwd=EXAMPLES / example)
    assert ran.code == 0, ran.err
    assert [race["verdict"] for race in ran.races.values()] == ["unsafe", "safe"]
