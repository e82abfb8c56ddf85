"""What runs show of each cell of the matrix: pure functions of what was kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from attack.checkers import Verdict, judge_cell, judge_trial, max_overlap, money_for, right_of
from attack.history import Trial
from attack.report.statistics import wilson
from attack.runs.read import Kept
from attack.runs.records import PARTS, Certificate, Measured, Part, Row, Stack
from attack.verdicts import Came, judge

STACKS: tuple[Stack, ...] = ("flask", "django")


@dataclass(frozen=True)
class Salvos:
    """The trials of one cell under one technique; at least one."""

    technique: str
    trials: Sequence[Trial]

    @property
    def verdict(self) -> Verdict:
        """What they came to."""
        return judge_cell(self.trials)

    @property
    def right(self) -> int:
        """How many payouts of a trial are right."""
        return right_of(self.trials[0])

    @property
    def exploited(self) -> int:
        """In how many trials an invariant broke."""
        return sum(judge_trial(trial) == "exploited" for trial in self.trials)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the share of such trials."""
        return wilson(self.exploited, len(self.trials))

    @property
    def payouts(self) -> dict[int, int]:
        """How many trials had so many payouts."""
        return dict(sorted(Counter(trial.ledger.payouts for trial in self.trials).items()))

    @property
    def overlaps(self) -> tuple[int, int]:
        """The least and the largest number of calls of withdraw() under way at once."""
        found = [max_overlap(trial) for trial in self.trials]
        return min(found), max(found)

    @property
    def telling(self) -> Trial:
        """The trial that shows the verdict best: of those that reached it, with most payouts."""
        reached = [trial for trial in self.trials if judge_trial(trial) == self.verdict]
        return max(reached, key=lambda trial: (trial.ledger.payouts, max_overlap(trial)))

    @property
    def number(self) -> int:
        """Which one that is, from 1."""
        return self.trials.index(self.telling) + 1


@dataclass(frozen=True)
class Cell:
    """All that is known of one row on one stack."""

    stack: Stack
    row: Row
    salvos: Sequence[Salvos] = ()
    certificates: Sequence[Certificate] = ()
    measured: Sequence[Measured] = ()
    source: str = ""

    @property
    def id(self) -> str:
        """Its place on the page."""
        return "-".join([self.stack, *self.row.label.replace("(", "").replace(")", "").split()])

    @property
    def exists(self) -> bool:
        """Whether the catalogue has the row on this stack."""
        return self.stack in self.row.expected

    @property
    def verdicts(self) -> list[Verdict]:
        """Those of all techniques, each once."""
        return list(dict.fromkeys(each.verdict for each in self.salvos))

    @property
    def came(self) -> Came | None:
        """Whether the attack came to what the catalogue expects; None where there was none."""
        if not self.salvos:
            return None
        trial = self.salvos[0].trials[0]
        money = money_for(len(trial.requests), trial.start, trial.amount)
        expected = self.row.expected_on(self.stack, money)
        return judge(expected, [each.verdict for each in self.salvos])

    @property
    def explored(self) -> list[str]:
        """The explorer's verdicts, each once."""
        return list(dict.fromkeys(each.verdict for each in self.certificates))

    @property
    def certified(self) -> Came:
        """Whether the explorations found what the catalogue expects."""
        known = [each for each in self.certificates if each.known]
        if any(each.verdict != each.expected for each in known):
            return "unmet"
        return "met" if len(known) == len(self.certificates) else "inconclusive"

    @property
    def tone(self) -> str:
        """How the attack's verdict is shown: what is known to fail is not good for being so."""
        if self.came == "inconclusive":
            return "warn"
        return tone(self.came == "met", self.verdicts == ["held"])

    @property
    def certified_tone(self) -> str:
        """How the explorer's verdicts are shown."""
        return tone(self.certified != "unmet", self.explored == ["safe"])

    @property
    def empty(self) -> bool:
        """Whether nothing is known."""
        return not (self.salvos or self.certificates or self.measured)


def tone(as_expected: bool, holds: bool) -> str:
    """Return the class of a verdict on the page."""
    return "bad" if not as_expected else "good" if holds else "warn"


@dataclass(frozen=True)
class Report:
    """Runs, put together: each part is one run's.

    Attributes:
        parts: the run that each part is taken from.
        rows: the rows of the matrix, with the cell of each stack.
    """

    parts: dict[Part, Kept]
    rows: list[tuple[Row, list[Cell]]] = field(default_factory=list)

    @property
    def runs(self) -> list[Kept]:
        """The runs, each once."""
        return list({kept.folder: kept for kept in self.parts.values()}.values())

    @property
    def cells(self) -> dict[str, Cell]:
        """Every cell that exists, by its id."""
        return {cell.id: cell for _, cells in self.rows for cell in cells if cell.exists}

    @property
    def sources_differ(self) -> list[str]:
        """Strategies whose source is not the same in all runs that are shown together."""
        kept = [run.sources for run in self.runs]
        names = {name for sources in kept for name in sources}
        return sorted(
            {
                f"{slug} on {stack}"
                for stack, slug in names
                if len({sources.get((stack, slug)) for sources in kept}) > 1
            }
        )


def together(runs: Sequence[Kept]) -> Report:
    """Return what runs show; each part is taken from the first that has anything of it."""
    parts = {
        part: next(kept for kept in runs if kept.has(part))
        for part in PARTS
        if any(kept.has(part) for kept in runs)
    }
    used = Report(parts).runs or list(runs[:1])
    asked = {slug for kept in used for slug in _slugs(kept)}
    rows = {row.key: row for kept in reversed(used) for row in kept.head.rows}
    shown = sorted(
        (row for row in rows.values() if row.slug in asked), key=lambda row: (row.number, row.case)
    )
    report = Report(parts or {"fire": runs[0]})
    for row in shown:
        report.rows.append((row, [_cell(stack, row, parts, used) for stack in STACKS]))
    return report


def _slugs(kept: Kept) -> Iterator[str]:
    """The strategies that a run was to look at, or did."""
    for settings in kept.head.settings.values():
        named = settings.get("strategies")
        yield from (
            (each for each in named if isinstance(each, str)) if isinstance(named, list) else ()
        )
    yield from (trial.strategy for trial in kept.trials)
    yield from (each.strategy for each in kept.certificates)
    yield from (each.strategy for each in kept.measured)


def _cell(stack: Stack, row: Row, parts: dict[Part, Kept], runs: Sequence[Kept]) -> Cell:
    def mine(each: Trial | Certificate | Measured) -> bool:
        return (each.stack, each.strategy, each.case) == (stack, *row.key)

    trials: dict[str, list[Trial]] = {}
    for trial in filter(mine, parts["fire"].trials if "fire" in parts else ()):
        trials.setdefault(trial.technique, []).append(trial)
    return Cell(
        stack,
        row,
        [Salvos(technique, found) for technique, found in trials.items()],
        [
            each
            for each in (parts["explore"].certificates if "explore" in parts else ())
            if mine(each)
        ],
        [each for each in (parts["bench"].measured if "bench" in parts else ()) if mine(each)],
        next(
            (run.sources[stack, row.slug] for run in runs if (stack, row.slug) in run.sources), ""
        ),
    )
