"""Long requests: what no other one touches costs nothing."""

from collections.abc import Iterator

import psutil
import pytest

from racewalk import Budget, Explorer
from racewalk.scenario.file import load
from racewalk.scenario.provide import provided
from racewalk.scenario.races import race_of
from racewalk.server.embedded import EmbeddedServer
from racewalk.targets.race import Race
from support.scenarios import APPS

FILE = """
[app]
wsgi = "long:app"
directory = "{directory}"

[database]
url = "{url}"
setup = ["{schema}"]

[[race]]
name = "two orders"
requests = [{{ post = "/order/1" }}, {{ post = "/order/2" }}]

[[race]]
name = "three orders"
requests = [{{ post = "/order/1" }}, {{ post = "/order/2" }}, {{ post = "/order/3" }}]
"""
STOCK = """
CREATE TABLE stock (item integer PRIMARY KEY, n integer NOT NULL);
INSERT INTO stock VALUES (7, 5);
"""
TABLE = """
CREATE TABLE t{n} (customer integer PRIMARY KEY, n integer NOT NULL);
INSERT INTO t{n} SELECT c, 0 FROM generate_series(1, 3) AS c;
"""
SCHEMA = STOCK + "".join(TABLE.format(n=n) for n in range(35))


@pytest.fixture(scope="module")
def explored(
    tmp_path_factory: pytest.TempPathFactory, server: EmbeddedServer
) -> Iterator[tuple[Explorer, dict[str, Race]]]:
    """Start the shop."""
    folder = tmp_path_factory.mktemp("long")
    schema = folder / "schema.sql"
    schema.write_text(SCHEMA)
    file = folder / "racewalk.toml"
    file.write_text(FILE.format(directory=APPS, url=server.url(), schema=schema))
    scenario = load(file)
    written = scenario.content.race
    with (
        provided(scenario, written, 1) as (_, (setting,)),
        Explorer(setting.database, setting.folder) as explorer,
    ):
        yield explorer, {each.name: race_of(scenario, each) for each in written}


@pytest.mark.acceptance
def test_two_orders_are_exhausted_in_seconds(
    explored: tuple[Explorer, dict[str, Race]],
) -> None:
    explorer, races = explored
    steps = []
    found = explorer.explore(races["two orders"], seen=lambda run, _: steps.append(len(run.steps)))
    print(f"{found}, {found.seconds:.1f} s")  # noqa: T201
    assert found.verdict == "unsafe"
    assert found.exhausted, found.inconclusive
    assert max(steps) == 150
    assert found.schedules > 10**20
    assert psutil.Process().memory_info().rss < 300 * 2**20


@pytest.mark.acceptance
def test_brute_force_counts_the_same_up_to_one_preemption(
    explored: tuple[Explorer, dict[str, Race]],
) -> None:
    explorer, races = explored
    reduced = explorer.explore(races["two orders"])
    every = explorer.explore(races["two orders"], Budget(preemptions=1), every_schedule=True)
    assert every.bound == 1, every.inconclusive
    assert every.by_preemptions == {n: reduced.by_preemptions[n] for n in (0, 1)}
    assert sum(count for count, _ in every.by_preemptions.values()) > 100


@pytest.mark.exhaustive
def test_three_orders_are_walked_up_to_a_bound(
    explored: tuple[Explorer, dict[str, Race]],
) -> None:
    explorer, races = explored
    found = explorer.explore(races["three orders"], Budget(preemptions=1))
    print(f"{found}, {found.seconds:.1f} s")  # noqa: T201
    assert found.verdict == "unsafe"
    assert found.bound == 1, found.inconclusive
    assert found.by_preemptions[1][1] > found.by_preemptions[0][1] == 0
