"""The report: every cell leads to its evidence, whatever a run has."""

import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from attack import cli
from attack.report.page.changes import changes
from attack.report.page.evidence import Report, together
from attack.report.page.render import render
from attack.runs import lines, read
from attack.runs.keep import Run
from attack.runs.records import CERTIFICATES, VERDICTS
from attack.store import HISTORY
from tests.harness.builders import trial
from tests.harness.runs import HOSTILE, a_run, certificate


def shown(run: Run) -> Report:
    """Return the report of one run."""
    return together([read.load(run.folder)])


def page_of(run: Run) -> LexborHTMLParser:
    """Return the page of one run."""
    return LexborHTMLParser(render(shown(run)))


def test_every_cell_leads_to_its_evidence(tmp_path: Path) -> None:
    page = page_of(a_run(tmp_path))
    links = [link.attributes["href"] or "" for link in page.css("#matrix td a")]
    assert len(links) == len(set(links)) >= 6
    for link in links:
        (place,) = page.css(f'[id="{link[1:]}"]')
        assert "The code that ran" in place.text()
    (cell,) = page.css("#flask-no_lock")
    for words in (
        "Attacked: burst, 4 trials",
        "Explored",
        "What it costs",
        "12 %",
        "100.1 to 130.2",
        "between 51 %",
    ):
        assert words in " ".join(cell.text().split())
    assert len(cell.css("img.plot[alt]")) == 4
    assert "nothing of this cell" in page.css("#django-no_lock")[0].text()
    assert page.body
    assert "500.3 to 600.4" in page.body.text()


def test_plots_use_no_colour_that_the_page_does_not_have(tmp_path: Path) -> None:
    for plot in page_of(a_run(tmp_path)).css("img.plot"):
        svg = b64decode((plot.attributes["src"] or "").partition(",")[2]).decode()
        style, _, marks = svg.partition("</style>")
        used = set(re.findall(r"var\((--\w+)\)", marks))
        assert used
        for colour in used:
            assert style.count(f"{colour}: ") == 2, "one by day, one by night"


def test_the_matrix_says_what_came_out(tmp_path: Path) -> None:
    rows = [row.text(separator=" ") for row in page_of(a_run(tmp_path)).css("#matrix tbody tr")]
    assert "pays twice =" in " ".join(rows[0].split())
    assert "not tried" in rows[1]


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("unsafe", "explored: unsafe ="),
        ("safe", "explored: unsafe, safe ✗"),
        ("safe up to 1 preemption", "explored: unsafe, safe up to 1 preemption"),
    ],
)
def test_what_is_not_known_is_marked_neither_right_nor_wrong(
    tmp_path: Path, verdict: str, told: str
) -> None:
    run = a_run(tmp_path)
    record = certificate("a" * 64, "start 20") | {"verdict": verdict}
    lines.append(run.folder / CERTIFICATES, record)
    row = page_of(run).css("#matrix tbody tr")[0].text(separator=" ")
    assert told in " ".join(row.split())
    assert ("✗" in row) == (verdict == "safe")


def test_ids_are_each_given_once(tmp_path: Path) -> None:
    ids = [node.attributes["id"] for node in page_of(a_run(tmp_path)).css("[id]")]
    assert len(ids) == len(set(ids))


def test_words_of_a_run_are_words(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    page = page_of(run)
    assert not page.css("script")
    assert HOSTILE in page.css("#flask-no_lock")[0].text()


def test_nothing_is_loaded(tmp_path: Path) -> None:
    page = page_of(a_run(tmp_path))
    addresses = [
        value
        for node in page.css("*")
        for name, value in node.attributes.items()
        if name in ("src", "href", "srcset", "action") and value
    ]
    assert len(addresses) > 10
    assert all(each.startswith(("#", "data:")) for each in addresses)


@pytest.mark.parametrize("missing", [HISTORY, CERTIFICATES, VERDICTS, "bench.json", "sources"])
def test_a_run_that_was_cut_short_shows_what_it_has(tmp_path: Path, missing: str) -> None:
    run = a_run(tmp_path)
    path = run.folder / missing
    path.rename(tmp_path / "away")
    text = render(shown(run))
    assert ("was cut short" in text) == (missing == VERDICTS)
    assert "Attacked: burst" in text or missing == HISTORY


def test_a_run_without_any_trial_has_a_page(tmp_path: Path) -> None:
    run = Run.begin({"fire": {"stacks": ["flask"]}}, ["no_lock"], "", tmp_path)
    page = page_of(run)
    assert "was cut short" in page.text()
    assert "not tried" in page.css("#matrix")[0].text()


def test_a_run_that_is_the_same_has_not_changed(tmp_path: Path) -> None:
    assert changes(shown(a_run(tmp_path)), shown(a_run(tmp_path))) == []


def test_what_changed_is_said(tmp_path: Path) -> None:
    before, now = a_run(tmp_path), a_run(tmp_path, hash_="b" * 64, payouts=2)
    source = now.folder / "sources" / "django" / "row_lock.py"
    source.write_text("# another\n")
    said = changes(shown(now), shown(before))
    assert "row_lock on Django: its source is another." in said
    assert any(line.startswith("no_lock on Flask: burst: pays twice before") for line in said)
    assert any("no_lock on Flask: start 10: 4 of 6 orders unsafe before" in line for line in said)
    assert len(said) == 4


def test_chance_is_no_change(tmp_path: Path) -> None:
    before, now = a_run(tmp_path), a_run(tmp_path)
    now.store.append(trial("paid", "paid", "refused", balance=0, payouts=2))
    assert changes(shown(now), shown(before)) == []


def test_code_that_differs_between_runs_shown_together_is_told(tmp_path: Path) -> None:
    one, other = a_run(tmp_path), a_run(tmp_path)
    (one.folder / CERTIFICATES).unlink()
    (other.folder / "sources" / "flask" / "no_lock.py").write_text("# another\n")
    kept = [read.load(one.folder), read.load(other.folder)]
    assert together(kept).sources_differ == ["no_lock on flask"]
    assert together(kept).parts["explore"] == kept[1]


def test_no_time_and_no_overlap_is_too_odd_to_be_drawn(tmp_path: Path) -> None:
    run = Run.begin({"fire": {}}, ["no_lock"], "", tmp_path)
    odd = trial("paid", balance=-5, payouts=0, start=-5)
    late = replace(odd.requests[0], sent_ns=2**62, answered_ns=-(2**62), entered_ns=None)
    for requests in ((), (late,)):
        run.store.append(replace(odd, requests=requests))
    assert "Attacked" in render(shown(run))


@pytest.mark.parametrize("argument", [".", "nowhere", "--against=nowhere", "--out=/nowhere/x.html"])
def test_bad_input_is_one_line(
    argument: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = a_run(tmp_path / "runs")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    named = [] if argument in (".", "nowhere") else [str(run.folder)]
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", *named, argument])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("overdraft: ")
    assert told.count("\n") == 1
