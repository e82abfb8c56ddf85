"""`stepper`: the reader picks which request goes next.

`{stepper} flask-no_lock` shows the recorded graph of a cell: `docs/recordings/<name>-<start>.json`.
"""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from docs.extension.raw import html

RECORDINGS = Path(__file__).parents[1] / "recordings"
log = logging.getLogger(__name__)


class Stepper(SphinxDirective):
    """The place of a stepper, and what is shown there without JavaScript."""

    required_arguments = 1
    option_spec = {"start": directives.nonnegative_int}

    def run(self) -> list[nodes.Node]:
        """Return the element that becomes a stepper."""
        name, start = self.arguments[0], self.options.get("start", 10)
        file = RECORDINGS / f"{name}-{start}.json"
        return [
            html(
                f'<div data-stepper="{name}" data-start="{start}" data-file="{file.name}">'
                "<p>The recording of this lesson is not part of this build.</p></div>"
            )
        ]
