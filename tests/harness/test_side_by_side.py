"""Two files of a strategy side by side, as `attack compare` prints them."""

import io

import pytest
from rich.console import Console

from attack import cli
from attack.report.compare_table import compare_table
from attack.report.side_by_side import one_below_the_other, side_by_side
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


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("a b", "a b", ["a a", "b b"]),
        ("a b c d", "a x y d", ["a a", "b<", "c<", ">x", ">y", "d d"]),
        ("a b c", "a c", ["a a", "b<", "c c"]),
        ("", "x", [">x"]),
    ],
)
def test_one_below_the_other_each_line_is_told_once(left: str, right: str, rows: list[str]) -> None:
    found = one_below_the_other(left.split(), right.split())
    assert ["".join(row) for row in found] == rows


def printed(strategy: str, width: int) -> list[str]:
    """Return the lines of a comparison in a terminal of this width."""
    names = [f"{app}/strategies/{strategy}.py" for app in ("flask_app", "django_app")]
    sources = [(CHECKOUT / name).read_text("utf-8") for name in names]
    output = Console(width=width, file=io.StringIO(), color_system=None)
    output.print(compare_table(names, sources, output))
    assert isinstance(output.file, io.StringIO)
    return output.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 150, 210])
def test_no_word_is_folded_that_the_terminal_could_hold(width: int) -> None:
    for strategy in strategies():
        lines = printed(strategy.slug, width)
        assert max(map(len, lines)) <= width
        shown = set(" ".join(lines).split())
        for app in ("flask_app", "django_app"):
            source = (CHECKOUT / app / "strategies" / f"{strategy.slug}.py").read_text("utf-8")
            words = {word for word in source.split() if len(word) < width // 2 - 8}
            assert words <= shown


def test_a_narrow_terminal_has_what_both_files_say_once() -> None:
    lines = printed("row_lock", 80)
    assert len([line for line in lines if "def withdraw" in line]) == 1
    (flask,) = (line for line in lines if "db.session.refresh(user" in line)
    (django,) = (line for line in lines if "user.refresh_from_db(" in line)
    assert (flask[0], django[0]) == ("<", ">")


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
