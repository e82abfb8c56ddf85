"""The page: template, style and plots in one file that loads nothing."""

from collections.abc import Callable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from attack.checkers import broken_invariants, max_overlap
from attack.counting import counted
from attack.report.page import charts
from attack.report.page.evidence import STACKS, Report, tone
from attack.report.page.source import highlighted
from attack.runs.read import Kept
from attack.words import NAMES, PLAIN, mark
from racewalk.story import name

_PARTS = {"fire": "attack", "explore": "exploration", "bench": "bench"}


def render(report: Report, before: Kept | None = None, changed: Sequence[str] = ()) -> str:
    """Return the page of a report.

    Args:
        report: what to show.
        before: the run that it is compared with, if any.
        changed: what changed since then.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "letter": name,
        "counted": counted,
        "plain": PLAIN.__getitem__,
        "code": highlighted,
        "data_url": charts.data_url,
        "breakable": _breakable,
    }
    environment.filters |= filters
    return environment.get_template("page.html.jinja").render(
        report=report,
        before=before,
        changed=changed,
        charts=charts,
        stacks=STACKS,
        names=NAMES,
        parts=_PARTS,
        mark=mark,
        tone=tone,
        broken=broken_invariants,
        overlap=max_overlap,
    )


def _breakable(text: str) -> Markup:
    """Return a name that a narrow column may break after an underscore, and nowhere else."""
    return Markup("_<wbr>").join(text.split("_"))
