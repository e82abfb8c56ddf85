"""PgBouncer in transaction mode before the database: every defence holds, every timeout too."""

import pytest

from attack.stacks import dotenv
from shared_db.catalogue import strategies
from tests.compose.lab import ComposedLab

pytestmark = pytest.mark.compose

DEFENCES = [entry.slug for entry in strategies() if entry.kind == "defence"]


def test_the_stacks_reach_the_database_through_the_pooler_alone(pooled: ComposedLab) -> None:
    code, _, output = pooled.fire("--strategy", "row_lock", "--trials", "2")
    assert code == 0, output
    (pooler,) = pooled.containers("pooler")
    (network,) = pooler["NetworkSettings"]["Networks"].values()
    query = "SELECT DISTINCT client_addr FROM pg_stat_activity WHERE usename = 'overdraft'"
    assert pooled.query(query).splitlines() == [f"{network['IPAddress']}"]


def test_the_defences_hold_behind_the_pooler(pooled: ComposedLab) -> None:
    code, cells, output = pooled.fire("--strategy", ",".join(DEFENCES), "--trials", "3")
    assert code == 0, output
    assert {cell["verdict"] for cell in cells} == {"held"}


def test_timeouts_hold_behind_the_pooler(pooled: ComposedLab) -> None:
    settings = dotenv.settings()
    password = f"PGPASSWORD={settings['APP_PASSWORD']}"
    psql = ("psql", "--host", "pooler", "--username", "overdraft", "--dbname", "overdraft", "-tAc")
    query = (
        "SELECT setting FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout') "
        "ORDER BY name"
    )
    shown = pooled.compose("exec", "-T", "--env", password, "postgres", *psql, query)
    assert shown.split() == [settings["LOCK_TIMEOUT_MS"], settings["STATEMENT_TIMEOUT_MS"]]
