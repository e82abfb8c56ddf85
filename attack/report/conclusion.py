"""The end of a run, for people and for programs: what is not as expected, and the exit code."""

import click
from rich.console import Console
from rich.text import Text

from attack.counting import counted
from attack.verdicts import Conclusion, Finding


def print_conclusion(conclusion: Conclusion, output: Console) -> None:
    """Print each row that is not as the catalogue expects, or not known in whole, and why."""
    unmet, inconclusive = conclusion.those("unmet"), conclusion.those("inconclusive")
    _print_those("Not as the catalogue expects", unmet, output, "bold red")
    _print_those("Inconclusive", inconclusive, output, "bold magenta")
    partly = tuple(finding for finding in conclusion.those("met") if finding.reason)
    _print_those("As the catalogue expects, with a reservation", partly, output, "magenta")
    if not unmet and not inconclusive:
        output.print("Every verdict is what the catalogue expects.", style="green")


def _print_those(title: str, findings: tuple[Finding, ...], output: Console, style: str) -> None:
    if not findings:
        return
    output.print(Text(f"{title}, {counted(len(findings), 'row')}:", style=style))
    for finding in findings:
        verdict = f"{finding.found}, not {finding.expected}"
        words = (verdict if finding.came == "unmet" else "", finding.reason)
        told = "; ".join(filter(None, words))
        output.print(Text(f"  {finding.place}: {told}."))


def print_exit_line(conclusion: Conclusion) -> None:
    """Print the last line of a run, which a script can read: `make` turns every failure into 2.

    Its form is promised in the README. It is one line however narrow the terminal is.
    """
    counts = [
        f"{len(conclusion.those('met'))} as expected",
        f"{len(conclusion.those('unmet'))} not",
        f"{len(conclusion.those('inconclusive'))} inconclusive",
    ]
    click.echo(f"overdraft: exit {conclusion.exit_code} ({', '.join(counts)})")
