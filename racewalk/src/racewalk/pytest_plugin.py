"""The plugin for pytest: the fixture `race`, and scenario files as tests.

    def test_last_item_is_sold_once(race, client_a, client_b):
        race(
            lambda: client_a.post("/buy/7/"),
            lambda: client_b.post("/buy/7/"),
            invariant=lambda: Item.objects.get(pk=7).n >= 0,
        )

`racewalk.toml` and `*.racewalk.toml` are collected: each race is a test. Nothing is imported here
that takes long, for every run of pytest imports this.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from racewalk.integrations.session import Race, Scenarios

_FILE: Final = "racewalk.toml"
_SECTION: Final = "racewalk"
_BUDGET: Final = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("racewalk")
    group.addoption(
        "--racewalk-schedule",
        metavar="SCHEDULE",
        default="",
        help="run this schedule, such as AABB, of each race, and nothing else",
    )
    group.addoption(
        "--racewalk-budget",
        metavar="SECONDS",
        type=float,
        default=_BUDGET,
        help=f"seconds for each race (default: {_BUDGET:g})",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep what scenarios share in this process."""
    config.stash[_SCENARIOS] = None


_SCENARIOS: Final = pytest.StashKey["Scenarios | None"]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what scenarios have started."""
    scenarios = config.stash.get(_SCENARIOS, None)
    if scenarios:
        scenarios.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files."""
    if file_path.name == _FILE or file_path.name.endswith(f".{_FILE}"):
        found: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
        return found
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a test that races Django's transactional database, as its data has to be committed."""
    if (
        "race" in getattr(item, "fixturenames", ())
        and item.config.pluginmanager.hasplugin("django")
        and item.get_closest_marker("django_db") is None
        and _has_django(item.config)
    ):
        item.add_marker(pytest.mark.django_db(transaction=True))


def _has_django(config: pytest.Config) -> bool:
    import os

    named = os.environ.get("DJANGO_SETTINGS_MODULE")
    return bool(named or config.getini("DJANGO_SETTINGS_MODULE"))


@pytest.fixture
def race(request: pytest.FixtureRequest) -> Race:
    """Race callables through every interleaving; see `racewalk.integrations.session.Race`."""
    from racewalk.integrations.session import Race

    return Race(
        request.config,
        request.node.nodeid,
        lambda: _scenarios(request.config),
        lambda told: request.node.user_properties.append((_SECTION, told)),
    )


def _scenarios(config: pytest.Config) -> Scenarios:
    from racewalk.integrations.session import Scenarios

    found = config.stash[_SCENARIOS]
    if found is None:
        found = config.stash[_SCENARIOS] = Scenarios()
    return found


class ScenarioFile(pytest.File):
    """A scenario: each of its races is a test."""

    def collect(self) -> Iterator[pytest.Item]:
        """Read it."""
        from racewalk.errors import ScenarioError
        from racewalk.scenario.file import load

        try:
            scenario = load(self.path)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from None
        for written in scenario.content.race:
            yield ScenarioRace.from_parent(self, name=written.name)


class ScenarioRace(pytest.Item):
    """One race of a scenario."""

    def runtest(self) -> None:
        """Explore it."""
        from racewalk.integrations.session import Race

        def keep(told: str) -> None:
            self.user_properties.append((_SECTION, told))

        race = Race(self.config, self.nodeid, lambda: _scenarios(self.config), keep)
        race.scenario(self.path, self.name)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | Any:
        """Tell a failure without a traceback of ours."""
        from racewalk.errors import RacewalkError

        if isinstance(excinfo.value, RacewalkError):
            return f"racewalk: {excinfo.value.told}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands."""
        return self.path, None, f"race: {self.name}"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell with -v what was counted."""
    if config.getoption("verbose") < 1:
        return
    told: list[tuple[str, str]] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            if report.when == "call":
                properties = report.user_properties
                told += [(report.nodeid, str(text)) for key, text in properties if key == _SECTION]
    if told:
        terminalreporter.section("racewalk")
        for nodeid, text in told:
            terminalreporter.write_line(f"{nodeid}: {text}")
