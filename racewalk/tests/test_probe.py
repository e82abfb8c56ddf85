"""The probe in a program of its own: where its Python stands, and what it holds, line by line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from racewalk.record import probe
from racewalk.record.python import Witness, probed
from racewalk.record.sources import source_of
from racewalk.record.state import Place
from racewalk.record.view import Code
from racewalk.targets.race import Application
from support.labs import Database

SHOP = """
import sys, threading
import psycopg
from shop import money

connection = psycopg.connect(sys.argv[1])
connection.execute("SELECT 1")

class Purse:
    coins = 0
    def __init__(self):
        self.coins = 3

thread = threading.Thread(target=money.spend, args=(connection, Purse(), "secret"))
thread.start()
thread.join()
print(connection.pgconn.backend_pid)
"""
MONEY = '''
def spend(connection, purse, word):
    """Spend a coin.

    And say nothing of it.
    """
    spent = 1
    purse.coins -= spent
    pay(connection)
    connection.commit()


def pay(connection):
    connection.execute("SELECT 2")
'''


@pytest.fixture
def code(tmp_path: Path) -> Code:
    """Write a program with a function that is shown."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "money.py").write_text(MONEY)
    (tmp_path / "main.py").write_text(SHOP)
    return Code(tmp_path, ("shop",), "shop/money.py", ("coins",))


def told_by(code: Code, database: Database) -> tuple[Witness, int]:
    """Run the program; return what the probe has told, and the backend of its connection."""
    told = code.root / "told"
    witness = Witness(told)
    application = Application((sys.executable, "main.py", database.conninfo), "X")
    inside = probed(application, code, told)
    done = subprocess.run(
        inside.command, env=dict(inside.env), cwd=code.root, check=True, capture_output=True
    )
    witness.read()
    return witness, int(done.stdout)


def test_every_statement_tells_its_line_a_commit_too(code: Code, database: Database) -> None:
    witness, backend = told_by(code, database)
    standing = witness.at_statement(backend)
    assert standing.stack == (Place("shop/money.py", "spend", 10),)
    assert dict(standing.values) == {"purse.coins": 2, "spent": 1}
    witness.close()


def test_the_lines_between_two_statements_tell_what_is_held(code: Code, database: Database) -> None:
    witness, backend = told_by(code, database)
    lines = [json.loads(line) for line in (code.root / "told").read_text().splitlines()]
    sent = [line for line in lines if "backend" in line]
    assert [place[1] for place in sent[1]["stack"]] == ["spend", "pay"]
    ran = [(line["stack"][-1][2], dict(line["values"])) for line in lines if "backend" not in line]
    assert (8, {"purse.coins": 3, "spent": 1}) in ran
    assert (9, {"purse.coins": 2, "spent": 1}) in ran
    assert "secret" not in (code.root / "told").read_text()  # a plain argument says nothing new
    assert witness.at_line(backend).stack == ()
    witness.close()


def test_a_new_schedule_forgets_what_ran_before(code: Code, database: Database) -> None:
    witness, backend = told_by(code, database)
    witness.begin()
    assert witness.at_line(backend).stack == ()
    witness.close()


def test_another_program_than_python_is_left_as_it_is(code: Code) -> None:
    application = Application(("node", "main.js"), "X")
    assert probed(application, code, code.root / "told") == application


def test_the_probe_is_told_by_one_variable(code: Code) -> None:
    inside = probed(Application(("python3", "-m", "shop"), "X"), code, code.root / "told")
    assert inside.command == ("python3", probe.__file__, "-m", "shop")
    assert json.loads(dict(inside.env)[probe.VARIABLE])["entry"] == "shop/money.py"


def test_a_source_is_the_function_without_its_docstring(code: Code) -> None:
    source = source_of(code.root, Place("shop/money.py", "spend", 8))
    assert source.name == "spend"
    assert [number for number, _ in source.lines] == [2, 7, 8, 9, 10]
    assert source.lines[1] == (7, "    spent = 1")


def test_a_line_outside_of_functions_is_a_source_of_its_own(code: Code) -> None:
    source = source_of(code.root, Place("main.py", "<module>", 7))
    assert source.lines == ((7, 'connection.execute("SELECT 1")'),)
