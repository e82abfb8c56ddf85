"""The bench in small: one defence beside no defence, on both stacks."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from attack import cli
from attack.bench.accounts import FIRST_ID
from tests.conftest import STACKS, Lab

pytestmark = pytest.mark.acceptance

CLIENTS, ACCOUNTS = (1, 8), (1, 5)


def bench(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run `attack bench` and return what it wrote."""
    file = folder / "bench.json"
    with pytest.raises(SystemExit) as ended:
        cli.main(["bench", "--json", str(file), "--rounds", "2", "--seconds", "1", *arguments])
    assert ended.value.code == 0
    record: dict[str, Any] = json.loads(file.read_text())
    return record


@pytest.fixture(scope="module")
def record(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the bench of row_lock and of no_lock."""
    clients, accounts = (",".join(map(str, each)) for each in (CLIENTS, ACCOUNTS))
    folder = tmp_path_factory.mktemp("bench")
    return bench(
        folder, "--strategy", "no_lock,row_lock", "--clients", clients, "--accounts", accounts
    )


def test_every_cell_was_measured_beside_its_limit(record: dict[str, Any]) -> None:
    measured = {(c["strategy"], c["stack"], c["accounts"], c["clients"]) for c in record["cells"]}
    assert measured == {
        (slug, stack, accounts, clients)
        for slug in ("no_lock", "row_lock")
        for stack in STACKS
        for accounts in ACCOUNTS
        for clients in CLIENTS
    }
    for cell in record["cells"]:
        assert cell["repeats"] == 2
        assert cell["errors"] == 0
        assert cell["requests"] > 0
        assert cell["limit_throughput"] > 0
        assert 0 < cell["p50_ms"] <= cell["p99_ms"]
        low, high = cell["throughput_spread"]
        assert low <= cell["throughput"] <= high


def test_a_defence_keeps_the_money(record: dict[str, Any]) -> None:
    money = [cell["money"] for cell in record["cells"] if cell["strategy"] == "row_lock"]
    assert money == ["right"] * len(money)


def test_no_defence_loses_it_where_requests_meet(record: dict[str, Any]) -> None:
    for stack in STACKS:
        hot = ("no_lock", stack, 1, 8)
        (cell,) = (
            cell
            for cell in record["cells"]
            if (cell["strategy"], cell["stack"], cell["accounts"], cell["clients"]) == hot
        )
        assert "wrong: 1 of 1 account, by" in cell["money"][0]


def test_the_page_without_a_database_was_measured(record: dict[str, Any]) -> None:
    assert {(page["stack"], page["clients"]) for page in record["pages"]} == {
        (stack, clients) for stack in STACKS for clients in CLIENTS
    }
    assert all(page["requests"] > 0 and page["errors"] == 0 for page in record["pages"])


def test_no_account_of_a_bench_is_left(record: dict[str, Any], lab: Lab) -> None:
    with psycopg.connect(lab.database_url) as connection:
        left = connection.execute('SELECT count(*) FROM "user" WHERE id >= %s', (FIRST_ID,))
        assert left.fetchone() == (0,)


def test_two_workers_of_locust_share_the_load(lab: Lab, tmp_path: Path) -> None:
    two = ("--load-workers", "2", "--clients", "8", "--accounts", "5", "--stack", "flask")
    record = bench(tmp_path, "--strategy", "row_lock", *two)
    assert len(record["cells"]) == 1
    assert all(cell["requests"] > 0 and cell["money"] == "right" for cell in record["cells"])
