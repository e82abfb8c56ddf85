"""A lane that ends is told in one line, whatever it was given before."""

from pathlib import Path

import pytest

from racewalk import Application, Budget, Database, Pool, Race, RacewalkError, Request, Setting

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def test_a_lane_without_a_database_is_told(tmp_path: Path) -> None:
    application = Application(("python",), "DATABASE_URL")
    race = Race("any", application, [Request("/"), Request("/")])
    lane = Setting(Database(NOWHERE, NOWHERE), tmp_path)
    with Pool([lane]) as pool, pytest.raises(RacewalkError, match=r"a lane ended: its log is in "):
        list(pool.explore([race], Budget(5)))
    assert "Traceback" in (tmp_path / "lane.log").read_text()
