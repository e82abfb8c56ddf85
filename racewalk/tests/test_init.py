"""`racewalk init` reads what a project says of itself, and prints what each guess rests on."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from racewalk.commands.init import init as command
from racewalk.scenario.file import load


def init(folder: Path) -> str:
    """Return what `racewalk init` prints for a folder."""
    ran = CliRunner().invoke(command, [str(folder)])
    assert ran.exit_code == 0, ran.output
    return ran.output


MANAGE = "from django.core.management import execute_from_command_line\n"
ENGINE = "'ENGINE': 'django.db.backends.postgresql'"
ADDRESSES = {
    "dj_database_url.config()": "DATABASE_URL",
    "dj_database_url.config(default='sqlite://', conn_max_age=5)": "DATABASE_URL",
    "dj_database_url.config(env='SHOP_DSN_OF_DB')": "SHOP_DSN_OF_DB",
    "dj_database_url.parse(os.environ['MAIN_DB_URL'])": "MAIN_DB_URL",
    "environ.Env().db()": "DATABASE_URL",
    "env.db('PRIMARY_URL', default='postgres://x')": "PRIMARY_URL",
    "os.environ.get('POSTGRES_DSN', '')": "POSTGRES_DSN",
    "os.getenv('SHOP_POSTGRES_URL')": "SHOP_POSTGRES_URL",
    "settings.get('SHOP_DATABASE_URL')": "SHOP_DATABASE_URL",
    "'postgresql://fixed'": "",
}


@pytest.mark.parametrize(("call", "variable"), ADDRESSES.items())
def test_the_variable_of_the_address_and_why(tmp_path: Path, call: str, variable: str) -> None:
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "conf.py").write_text(
        f"import os, environ, dj_database_url\nWSGI_APPLICATION = 'shop.web.app'\nX = {call}\n"
    )
    ran = init(tmp_path)
    assert "  shop.web:app: WSGI_APPLICATION in site/conf.py\n" in ran
    assert "the set-up runs migrations: manage.py" in ran
    found = load(tmp_path / "racewalk.toml", {}).content.app
    assert (found.wsgi, found.database_env) == ("shop.web:app", variable)
    if variable:
        assert f"the database's address in {variable}: site/conf.py:3 " in ran
    else:
        assert "no code was found that reads the database's address from a variable" in ran
        assert '\n# database_env = "DATABASE_URL"\n' in (tmp_path / "racewalk.toml").read_text()


def test_the_parts_of_an_address(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "asgi.py").write_text("application = None\n")
    (tmp_path / "settings.py").write_text(
        f"import os\nDATABASES = {{'default': {{{ENGINE}, 'NAME': os.environ['PGDB'],\n"
        "'USER': os.getenv('DB_USER', 'me'), 'PORT': int(os.environ.get('DB_PORT', 5432))}}\n"
    )
    ran = init(tmp_path)
    assert "the database's address in DB_PORT, DB_USER, PGDB: settings.py:2 reads" in ran
    app = load(tmp_path / "racewalk.toml", {}).content.app
    parts = app.database_parts
    assert (parts.name, parts.user, parts.port, parts.host) == ("PGDB", "DB_USER", "DB_PORT", "")
    assert app.asgi == "asgi:application"


def test_a_manage_py_of_flask_script_is_not_django(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text("from flask_script import Manager\nManager(None).run()\n")
    (tmp_path / "web.py").write_text(
        "import os\nfrom flask import Flask\napp = Flask('web')\n"
        "app.config['SQLALCHEMY_DATABASE_URI'] = os.environ['STORE_DB_URI']\n"
    )
    ran = init(tmp_path)
    assert "a flask application\n  web:app: web.py makes it\n" in ran
    assert "manage.py" not in ran
    app = load(tmp_path / "racewalk.toml", {}).content.app
    assert (app.wsgi, app.database_env) == ("web:app", "STORE_DB_URI")
