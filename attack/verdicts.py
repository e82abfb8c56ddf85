"""What a whole run came to: each row against the catalogue, and one exit code for all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from attack.checkers import Verdict, judge_cell
from attack.plan import Cell, Plan, label
from attack.reasons import reason
from attack.words import PLAIN
from shared_db.catalogue import Expected

Came = Literal["met", "unmet", "inconclusive"]
_EXIT_CODES: Final[dict[Came, int]] = {"unmet": 1, "inconclusive": 3, "met": 0}


@dataclass(frozen=True)
class Finding:
    """What one row came to on one stack.

    Attributes:
        place: such as 'row_lock on flask'.
        came: whether the verdict is what the catalogue expects, or not known.
        expected: the verdict that the catalogue expects, in the command's own words.
        found: the verdict that was found.
        reason: why, with counts; '' where the verdict says it all.
    """

    place: str
    came: Came
    expected: str
    found: str
    reason: str = ""


@dataclass(frozen=True)
class Conclusion:
    """What all rows came to. Not as expected weighs more than inconclusive."""

    findings: tuple[Finding, ...]

    def those(self, came: Came) -> tuple[Finding, ...]:
        """Return the findings that are met, unmet or inconclusive."""
        return tuple(finding for finding in self.findings if finding.came == came)

    @property
    def exit_code(self) -> int:
        """0: all are met; 1: one is not; 3: none is unmet, and one is inconclusive."""
        return next((code for came, code in _EXIT_CODES.items() if self.those(came)), 0)


def conclude(plan: Plan, cells: Sequence[Cell]) -> Conclusion:
    """Judge each row on each stack by the cells of an attack, one a technique."""
    return Conclusion(tuple(_findings(plan, cells)))


def _findings(plan: Plan, cells: Sequence[Cell]) -> Iterator[Finding]:
    for strategy, case in plan.cases():
        for stack in plan.stacks_of(case):
            mine = [
                cell
                for cell in cells
                if (cell.stack, cell.strategy, cell.case) == (stack, strategy, case)
            ]
            verdicts = [judge_cell(cell.trials) for cell in mine]
            expected = plan.expected_of(case, stack)
            yield Finding(
                place=f"{label(strategy, case)} on {stack}",
                came=judge(expected, verdicts),
                expected=PLAIN[expected],
                found=", ".join(PLAIN[each] for each in dict.fromkeys(verdicts)),
                reason=_reason(expected, mine),
            )


def judge(expected: Expected, verdicts: Sequence[Verdict]) -> Came:
    """Compare the verdicts of one strategy and stack, one a technique, with the catalogue.

    A strategy that is expected to be exploited, or to starve, is so where any technique did it;
    one expected to hold has to hold under all. Whoever is exploited does more than starve.
    """
    if expected != "exploited" and "exploited" in verdicts:
        return "unmet"
    if expected in verdicts and (expected != "held" or set(verdicts) == {"held"}):
        return "met"
    if expected == "held" and "starved" in verdicts:
        return "unmet"
    return "inconclusive" if "unknown" in verdicts or not verdicts else "unmet"


def alone(cell: Cell) -> Came:
    """Judge one cell; inconclusive where another technique of the attack may yet decide the row."""
    verdict, expected = judge_cell(cell.trials), cell.expected
    others = [expected] if len(cell.plan.techniques) > 1 else []
    came = judge(expected, [verdict, *others])
    return "inconclusive" if came == "met" and verdict != expected else came


def _reason(expected: Expected, cells: Sequence[Cell]) -> str:
    """Return why the cells that are not as expected are not, by technique where there are two."""
    other = [cell for cell in cells if judge_cell(cell.trials) != expected]
    if len(cells) == 1:
        return "".join(reason(cell.trials) for cell in other)
    return "; ".join(f"{cell.technique}: {_told(cell)}" for cell in other)


def _told(cell: Cell) -> str:
    return reason(cell.trials) or PLAIN[judge_cell(cell.trials)]
