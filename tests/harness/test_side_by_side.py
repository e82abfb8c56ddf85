"""Two files of a strategy side by side, as `attack compare` prints them."""

import pytest

from attack import cli
from attack.report.side_by_side import side_by_side
from shared_db.catalogue import strategies
from shared_db.paths import CHECKOUT


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("a b", "a b", ["a a", "b b"]),
        ("a b c", "a x c", ["a a", "b|x", "c c"]),
        ("a b c", "a c", ["a a", "b<", "c c"]),
        ("a c", "a b c", ["a a", ">b", "c c"]),
        ("a b c", "x", ["a|x", "b<", "c<"]),
        ("", "", []),
    ],
)
def test_lines_that_belong_together_share_a_row(left: str, right: str, rows: list[str]) -> None:
    assert ["".join(row) for row in side_by_side(left.split(), right.split())] == rows


def test_each_file_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    for strategy in strategies():
        with pytest.raises(SystemExit) as ended:
            cli.main(["compare", strategy.slug])
        assert ended.value.code == 0
        output = capsys.readouterr().out
        for app in ("flask_app", "django_app"):
            source = (CHECKOUT / app / "strategies" / f"{strategy.slug}.py").read_text("utf-8")
            assert [line for line in source.splitlines() if line not in output] == []


def test_changed_lines_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["compare", "row_lock"])
    lines = capsys.readouterr().out.splitlines()
    (changed,) = (line for line in lines if "db.session.refresh(user, with_for_update" in line)
    assert "  |  " in changed
    (same,) = (line for line in lines if "def withdraw" in line)
    assert "  |  " not in same


def test_an_unknown_strategy_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["compare", "nope"])
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
